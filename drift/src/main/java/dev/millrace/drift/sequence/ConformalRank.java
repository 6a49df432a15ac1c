package dev.millrace.drift.sequence;

import java.util.ArrayList;
import java.util.List;

/**
 * Ranks the value of a window among those of earlier calm windows. It needs no distribution of the
 * values, only that the calm windows could have come in any order (online conformal prediction:
 * Vovk, Gammerman, Shafer: "Algorithmic Learning in a Random World", 2005, section 2.2). Ranks
 * among all earlier windows are independent of each other, so their e-values may be multiplied.
 *
 * <p>Equal values count as at least as extreme as the new one. No random number breaks ties, as it
 * would make a report depend on more than the records; the e-value is then lower than with one.
 *
 * @param side which values are unusual
 * @param capacity the greatest number of calm values kept; ranks among the newest values only
 *     depend on each other slightly, the less, the more are kept
 * @param calm values of calm windows, oldest first
 */
public record ConformalRank(Side side, int capacity, List<Double> calm) {
  /** Which values are unusual. */
  public enum Side {
    /** Large ones, as of a distance. */
    LARGE,
    /** Small ones, as of a share of labels. */
    SMALL,
    /** Both. */
    BOTH
  }

  /** Checks the components and copies the values. */
  public ConformalRank {
    if (capacity < 1 || calm.size() > capacity) {
      throw new IllegalArgumentException(
          "capacity must be at least 1 and at least the number of values, but they are "
              + capacity
              + " and "
              + calm.size());
    }
    calm = List.copyOf(calm);
  }

  /** Without any calm value. */
  public static ConformalRank empty(Side side, int capacity) {
    return new ConformalRank(side, capacity, List.of());
  }

  /**
   * The share of values that are at least as extreme, the new one included; at least 1 / (number of
   * calm values + 1).
   *
   * @param value of the new window, not NaN
   */
  public double pValue(double value) {
    double n = calm.size() + 1;
    return switch (side) {
      case LARGE -> rankFromTop(value) / n;
      case SMALL -> rankFromBottom(value) / n;
      case BOTH -> Math.min(1, 2 * Math.min(rankFromTop(value), rankFromBottom(value)) / n);
    };
  }

  /**
   * The e-value of the rank, for {@link ShiryaevRoberts}. It is at most n / ln n with n values and
   * so finds less than {@link EValues#ofPValue} would with an exact p-value.
   *
   * @param value of the new window, not NaN
   */
  public double eValue(double value) {
    int n = calm.size() + 1;
    return switch (side) {
      case LARGE -> EValues.ofRank(rankFromTop(value), n);
      case SMALL -> EValues.ofRank(rankFromBottom(value), n);
      // The mean of two e-values is one.
      case BOTH ->
          (EValues.ofRank(rankFromTop(value), n) + EValues.ofRank(rankFromBottom(value), n)) / 2;
    };
  }

  /** With the value of one more calm window; the oldest is dropped if there are too many. */
  public ConformalRank plus(double value) {
    check(value);
    List<Double> values = new ArrayList<>(calm);
    values.add(value);
    return new ConformalRank(
        side, capacity, values.subList(Math.max(0, values.size() - capacity), values.size()));
  }

  private int rankFromTop(double value) {
    check(value);
    return 1 + (int) calm.stream().filter(earlier -> earlier >= value).count();
  }

  private int rankFromBottom(double value) {
    check(value);
    return 1 + (int) calm.stream().filter(earlier -> earlier <= value).count();
  }

  private static void check(double value) {
    if (Double.isNaN(value)) {
      throw new IllegalArgumentException("the value of a window must be a number, but is NaN");
    }
  }
}
