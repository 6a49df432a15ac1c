package dev.millrace.drift.detect;

/** The tests of one feature's window against its reference. */
public enum StatisticalTest {
  /** Numbers: two-sample Kolmogorov-Smirnov; the statistic is D. */
  KOLMOGOROV_SMIRNOV,
  /** Categories: two-sample chi-square, sparse bins pooled; the statistic is chi-square. */
  CHI_SQUARE,
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
  /** No test had values to compare. */
  NONE
}
