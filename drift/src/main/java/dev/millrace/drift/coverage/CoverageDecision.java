package dev.millrace.drift.coverage;

/**
 * The verdict on one window. Each window has one that is not a revision, in the order of their
 * time; a revision only corrects the counts of a window that was reported as stalled.
 *
 * @param expected the share in earlier calm windows; NaN: there are too few
 * @param probability of a share this low if nothing has changed; NaN: not tested
 * @param windows number of earlier windows that it was compared with
 */
public record CoverageDecision(
    LabelCoverage coverage,
    CoverageVerdict verdict,
    double expected,
    double probability,
    int windows) {
  /** Whether labels are missing that came before. */
  public boolean isAlarm() {
    return verdict == CoverageVerdict.LOW || verdict == CoverageVerdict.STALLED;
  }
}
