package dev.millrace.drift.coverage;

/**
 * What a task of the label join tells about coverage: counts of a window and version since its last
 * update of them, or how far it is. A mark follows the counts that it is about.
 *
 * @param startMillis of the window
 * @param modelVersion empty for a mark
 * @param counts added since the last update
 * @param task number of the task
 * @param tasks how many tasks there are
 * @param maturedMillis all predictions and labels up to then have been joined; Long.MIN_VALUE in an
 *     update of counts
 * @param stalledMillis windows up to then should have matured long ago, but labels are silent;
 *     Long.MIN_VALUE: none
 */
public record CoverageUpdate(
    long startMillis,
    String modelVersion,
    CoverageCounts counts,
    int task,
    int tasks,
    long maturedMillis,
    long stalledMillis) {

  /** Counts of one window and version. */
  public static CoverageUpdate counts(
      long startMillis, String modelVersion, CoverageCounts counts) {
    return new CoverageUpdate(
        startMillis, modelVersion, counts, 0, 1, Long.MIN_VALUE, Long.MIN_VALUE);
  }

  /** How far a task is. */
  public static CoverageUpdate mark(int task, int tasks, long maturedMillis, long stalledMillis) {
    return new CoverageUpdate(
        0, "", CoverageCounts.NONE, task, tasks, maturedMillis, stalledMillis);
  }

  /** Whether it is a mark. */
  public boolean isMark() {
    return counts.equals(CoverageCounts.NONE);
  }
}
