package dev.millrace.drift.detect;

/** The result of a window, for one feature or for all together. */
public enum Verdict {
  /** Too few values for a test. */
  INSUFFICIENT,
  /** No change that is significant within the budget of false alarms. */
  OK,
  /** More unusual than chance, but below the level of an alarm; for windows only. */
  WARNING,
  /** Changed significantly, and by at least the least effect. */
  DRIFT
}
