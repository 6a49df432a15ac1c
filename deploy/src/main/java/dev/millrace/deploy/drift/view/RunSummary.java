package dev.millrace.deploy.drift.view;

import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.Verdict;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The figures of a run.
 *
 * @param alarms alerts that fired
 * @param drifted windows whose own verdict is drift
 * @param firstAlarm end of the window of the first alert
 * @param firstFeatures the features that it names
 */
record RunSummary(
    int windows,
    int alarms,
    long drifted,
    long predictions,
    long late,
    @Nullable Instant firstAlarm,
    String firstFeatures) {
  private static final int NAMED = 3;

  static RunSummary of(DriftRun run) {
    List<DriftReport> windows = run.windows();
    List<Alert> firing = run.firing();
    return new RunSummary(
        windows.size(),
        firing.size(),
        windows.stream().filter(report -> report.getVerdict() == Verdict.DRIFT).count(),
        windows.stream().mapToLong(DriftReport::getSamples).sum(),
        windows.stream().mapToLong(DriftReport::getLate).sum(),
        firing.isEmpty() ? null : firing.get(0).getAt(),
        firing.isEmpty() ? "" : names(firing.get(0).getFeatures()));
  }

  private static String names(List<String> features) {
    String first = String.join(", ", features.subList(0, Math.min(NAMED, features.size())));
    return features.size() <= NAMED
        ? first
        : "%s and %d more".formatted(first, features.size() - NAMED);
  }
}
