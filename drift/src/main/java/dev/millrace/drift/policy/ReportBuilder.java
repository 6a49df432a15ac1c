package dev.millrace.drift.policy;

import dev.millrace.drift.policy.EpisodeState;
import dev.millrace.drift.detect.FeatureResult;
import dev.millrace.drift.policy.WindowVerdict;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Unbinned;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.DriftTest;
import dev.millrace.schemas.avro.FeatureDrift;
import dev.millrace.schemas.avro.OffsetRange;
import dev.millrace.schemas.avro.Retraining;
import dev.millrace.schemas.avro.Verdict;
import dev.millrace.schemas.pipeline.Drift;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Writes drift reports, and reads them. */
final class ReportBuilder {
  private final ReferenceSet baseline;
  private final Drift drift;
  private final double alpha;

  /**
   * @param alpha level of one feature in one window
   */
  ReportBuilder(ReferenceSet baseline, Drift drift, double alpha) {
    this.baseline = baseline;
    this.drift = drift;
    this.alpha = alpha;
  }

  /** The report of a window; whether retraining was asked for is to be filled in. */
  DriftReport of(
      WindowEvaluator.Closing window,
      List<FeatureResult> results,
      WindowVerdict verdict,
      EpisodeState state) {
    Instant start = Instant.ofEpochMilli(window.startMillis());
    List<FeatureDrift> features = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      features.add(feature(results.get(i), window.counts().profile(i), verdict));
    }
    return DriftReport.newBuilder()
        .setId(
            "%s/%s/%s/%s"
                .formatted(baseline.pipeline(), baseline.model(), baseline.version(), start))
        .setPipeline(baseline.pipeline())
        .setModel(baseline.model())
        .setModelVersion(baseline.version())
        .setReferenceDigest(baseline.digest())
        .setWindowStart(start)
        .setWindowEnd(start.plus(drift.window()))
        .setState(dev.millrace.schemas.avro.DriftState.valueOf(state.verdict().name()))
        .setVerdict(Verdict.valueOf(verdict.verdict().name()))
        .setSamples(window.counts().samples())
        .setLate(window.standing().late())
        .setAlpha(alpha)
        .setMinEffect(drift.minEffect())
        .setMinSamples(drift.minSamples())
        .setSamplesMissing(Math.max(0, drift.minSamples() - window.counts().samples()))
        .setReferenceMissing(referenceMissing(results))
        .setFeatures(features)
        .setOffsets(ranges(window.counts().spans()))
        .setRetraining(Retraining.NOT_CONFIGURED)
        .build();
  }

  /** Of the reference that has the most. */
  private long referenceMissing(List<FeatureResult> results) {
    long most = results.stream().mapToLong(FeatureResult::m).max().orElse(0);
    return Math.max(0, drift.minSamples() - most);
  }

  private static FeatureDrift feature(FeatureResult result, Profile profile, WindowVerdict window) {
    FeatureDrift.Builder feature =
        FeatureDrift.newBuilder()
            .setFeature(result.feature())
            .setTest(DriftTest.valueOf(result.test().name()))
            .setStatistic(result.statistic())
            .setPValue(result.p())
            .setPsi(result.effects().psi())
            .setJensenShannon(result.effects().jensenShannon())
            .setN(result.n())
            .setReferenceN(result.m())
            .setNulls(profile.count(Unbinned.NULL))
            .setInvalid(profile.total() - profile.usable() - profile.count(Unbinned.NULL))
            .setVerdict(verdict(result, window));
    Double wasserstein = result.effects().wasserstein();
    return (wasserstein == null ? feature : feature.setWasserstein(wasserstein)).build();
  }

  /** A feature that the window names without calling it drifted is one to watch. */
  private static Verdict verdict(FeatureResult result, WindowVerdict window) {
    boolean named = window.named().contains(result.feature());
    return named && result.verdict() == dev.millrace.drift.detect.Verdict.OK
        ? Verdict.WARNING
        : Verdict.valueOf(result.verdict().name());
  }

  /** The features that a report calls drifted, the strongest effect first. */
  static List<FeatureDrift> drifted(DriftReport report) {
    return report.getFeatures().stream()
        .filter(feature -> feature.getVerdict() == Verdict.DRIFT)
        .sorted(Comparator.comparingDouble(FeatureDrift::getJensenShannon).reversed())
        .toList();
  }

  static List<OffsetRange> ranges(List<PartitionRange> spans) {
    return spans.stream()
        .map(span -> new OffsetRange(span.partition(), span.from(), span.to()))
        .toList();
  }
}
