package dev.millrace.drift.coverage;

/** What the share of labels of a window says. */
public enum CoverageVerdict {
  /** There are too few earlier windows to compare with. */
  CALIBRATING,
  /** Low among the earlier windows, which do not yet contain a whole season. */
  WARNING,
  /** Not clearly lower than in earlier windows. */
  OK,
  /** Clearly lower than in earlier windows. */
  LOW,
  /** Labels are silent, and the window should have matured long ago. */
  STALLED
}
