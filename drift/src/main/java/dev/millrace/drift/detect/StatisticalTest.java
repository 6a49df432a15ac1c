package dev.millrace.drift.detect;

/** The tests of one feature's window against its reference. */
public enum StatisticalTest {
  /** Numbers: two-sample Kolmogorov-Smirnov; the statistic is D. */
  KOLMOGOROV_SMIRNOV,
  /** Categories: two-sample chi-square, sparse bins pooled; the statistic is chi-square. */
  CHI_SQUARE,
  /**
   * Numbers: two-sample chi-square inside groups of neighbouring values; the statistic is
   * chi-square.
   */
  LOCAL_CHI_SQUARE,
  /** Fisher's exact test; the statistic is the window's share less the reference's. */
  NULL_SHARE,
  /** Fisher's exact test; the statistic is the window's share less the reference's. */
  NAN_SHARE,
  /** Fisher's exact test; the statistic is the window's share less the reference's. */
  INFINITE_SHARE,
  /** Fisher's exact test; the statistic is the window's share less the reference's. */
  WRONG_TYPE_SHARE,
  /**
   * Categories: new values against the Good-Turing estimate; the statistic is the window's share
   * less the reference's.
   */
  UNSEEN_SHARE,
  /**
   * Numbers: {@link MeanRank}, with its sign. It is no test of a window, but evidence over windows
   * beside that of {@link #KOLMOGOROV_SMIRNOV}.
   */
  MEAN_RANK,
  /**
   * Evidence of one of the other tests, added up over windows; the statistic is that of
   * Shiryaev-Roberts.
   */
  SEQUENTIAL,
  /**
   * Inputs that were not found, against calm windows; the statistic is the window's share less
   * theirs.
   */
  NOT_FOUND_SHARE,
  /** Inputs beyond their greatest age, against calm windows; the statistic is as above. */
  OUTSIDE_MAX_AGE_SHARE,
  /** Predictions without their vector in time, against calm windows; the statistic is as above. */
  TIMED_OUT_SHARE,
  /** The median age against those of calm windows; the statistic is in powers of two. */
  MEDIAN_AGE,
  /** No test had values to compare. */
  NONE;

  /**
   * The cause that the test is about.
   *
   * @param score whether it is a test of the score, not of an input
   */
  Cause cause(boolean score) {
    return switch (this) {
      case NULL_SHARE, NAN_SHARE, INFINITE_SHARE, WRONG_TYPE_SHARE -> Cause.DATA_QUALITY;
      case UNSEEN_SHARE -> Cause.UNSEEN_CATEGORIES;
      case NOT_FOUND_SHARE -> Cause.MISSING_FEATURES;
      case OUTSIDE_MAX_AGE_SHARE, TIMED_OUT_SHARE, MEDIAN_AGE -> Cause.FRESHNESS;
      default -> score ? Cause.PREDICTION : Cause.DATA;
    };
  }
}
