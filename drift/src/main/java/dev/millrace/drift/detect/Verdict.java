package dev.millrace.drift.detect;

/** The result of a window, for one feature or for all together. */
public enum Verdict {
  /** Too few values for a test. */
  INSUFFICIENT,
  /** Nothing that the budget allows to call a change. */
  OK,
  /** More unusual than chance, short of an alarm; of windows only. */
  WARNING,
  /** Changed, beyond chance and beyond the least effect of interest. */
  DRIFT
}
