package dev.millrace.drift.detect;

/** What a window says, of one feature or of all together. */
public enum Verdict {
  /** Too few values to say anything. */
  INSUFFICIENT,
  /** Nothing that the budget allows to call a change. */
  OK,
  /** More unusual than chance, short of an alarm; of windows only. */
  WARNING,
  /** Changed, beyond chance and beyond the least effect of interest. */
  DRIFT
}
