package dev.millrace.deploy.doctor;

/** The result of a check. */
public enum Status {
  /** As expected. */
  OK,
  /** Works, but with a risk that the finding names. */
  WARN,
  /** Does not work, or loses data at the next fault. */
  FAIL,
  /** Could not be checked; the finding says why. */
  SKIP
}
