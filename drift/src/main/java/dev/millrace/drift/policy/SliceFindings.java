package dev.millrace.drift.policy;

import dev.millrace.drift.detect.FeatureResult;
import dev.millrace.drift.detect.Verdict;
import dev.millrace.drift.policy.WindowResults.OfSlice;
import dev.millrace.drift.profile.ModelReference;
import dev.millrace.drift.window.WindowCounts;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.DriftState;
import dev.millrace.schemas.avro.FeatureDrift;
import dev.millrace.schemas.pipeline.Drift;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Decides about each slice of a window, and adds what it finds to that of all predictions. */
final class SliceFindings {
  /**
   * Slices of features in an alert at most, the largest changes; each slice's report has all of its
   * own.
   */
  static final int MOST_NAMED = 20;

  private final ReportBuilder reports;
  private final AlarmBudget budget;
  private final double minEffect;

  private SliceFindings(ReportBuilder reports, AlarmBudget budget, double minEffect) {
    this.reports = reports;
    this.budget = budget;
    this.minEffect = minEffect;
  }

  /**
   * Decides about the slices of a reference.
   *
   * @param whole the budget of all predictions and slices together
   */
  static SliceFindings of(ModelReference reference, Drift drift, AlarmBudget whole) {
    AlarmBudget budget = whole.ofSlice(Math.max(1, reference.slicing().slices().size()));
    ReportBuilder reports = new ReportBuilder(reference, drift, budget.perFeature());
    return new SliceFindings(reports, budget, drift.minEffect());
  }

  /**
   * The result of a window for one slice.
   *
   * @param verdict of the slice alone
   * @param findings one for each cause
   */
  record Found(DriftReport report, Verdict verdict, List<CauseFinding> findings) {}

  /** Decides about each slice; its report has the state of the slice alone. */
  List<Found> of(long startMillis, WindowCounts counts, List<OfSlice> slices, boolean warmingUp) {
    List<Found> found = new ArrayList<>();
    for (OfSlice slice : slices) {
      WindowVerdict verdict = WindowVerdict.of(slice.results(), budget, minEffect);
      DriftReport report = reports.of(startMillis, slice, counts.ranges(), verdict);
      report.setState(state(slice.results(), verdict.verdict(), warmingUp));
      found.add(
          new Found(
              report,
              verdict.verdict(),
              WindowFindings.of(report, slice.results(), verdict, !warmingUp)));
    }
    return found;
  }

  private static DriftState state(List<FeatureResult> results, Verdict verdict, boolean warmingUp) {
    if (warmingUp) {
      return DriftState.WARMUP;
    }
    boolean calibrated = results.stream().allMatch(FeatureResult::calibrated);
    return verdict == Verdict.INSUFFICIENT || calibrated
        ? DriftState.valueOf(verdict.name())
        : DriftState.CALIBRATING;
  }

  /** The worst verdict of all predictions and of the slices; a slice of few rows changes none. */
  static Verdict worst(Verdict all, List<Found> slices) {
    Verdict worst = all;
    for (Found slice : slices) {
      worst = slice.verdict().compareTo(worst) > 0 ? slice.verdict() : worst;
    }
    return worst;
  }

  /**
   * The findings of all predictions with those of the slices. A feature is named in a slice only
   * where it has not drifted in all predictions, or much less: mostly a change is the same in every
   * slice.
   *
   * @param report of all predictions
   * @param all one for each cause
   */
  static List<CauseFinding> merge(DriftReport report, List<CauseFinding> all, List<Found> slices) {
    Set<String> untested = new HashSet<>();
    for (Found slice : slices) {
      if (slice.verdict() == Verdict.INSUFFICIENT && slice.report().getSamples() > 0) {
        untested.add(slice.report().getSlice());
      }
    }
    List<CauseFinding> merged = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      int cause = i;
      List<CauseFinding> each = slices.stream().map(slice -> slice.findings().get(cause)).toList();
      merged.add(slices.isEmpty() ? all.get(i) : merge(report, all.get(i), each, untested));
    }
    return merged;
  }

  private static CauseFinding merge(
      DriftReport report, CauseFinding all, List<CauseFinding> slices, Set<String> untested) {
    List<FeatureDrift> inSlices = new ArrayList<>();
    Verdict verdict = all.verdict();
    for (CauseFinding slice : slices) {
      verdict = slice.verdict().compareTo(verdict) > 0 ? slice.verdict() : verdict;
      for (FeatureDrift feature : slice.evidence()) {
        if (Growth.isNew(all.sizes().get(feature.getFeature()), WindowFindings.size(feature))) {
          inSlices.add(feature);
        }
      }
    }
    inSlices.sort(WindowFindings.LARGEST_FIRST);
    Map<String, Double> sizes = new LinkedHashMap<>(all.sizes());
    inSlices.forEach(each -> sizes.put(AlertMessages.name(each), WindowFindings.size(each)));
    List<FeatureDrift> evidence = new ArrayList<>(all.evidence());
    inSlices.stream().limit(MOST_NAMED).forEach(evidence::add);
    evidence.sort(WindowFindings.LARGEST_FIRST);
    return new CauseFinding(
        all.cause(),
        all.startMillis(),
        all.endMillis(),
        verdict,
        sizes,
        evidence.stream().map(AlertMessages::name).toList(),
        WindowFindings.summary(report, evidence),
        evidence,
        all.report(),
        untested,
        all.changeMillis());
  }
}
