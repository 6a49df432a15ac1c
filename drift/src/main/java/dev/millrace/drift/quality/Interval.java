package dev.millrace.drift.quality;

/** A confidence interval, bounds included. */
public record Interval(double lower, double upper) {
  /** Whether a value lies in it. */
  public boolean contains(double value) {
    return lower <= value && value <= upper;
  }
}
