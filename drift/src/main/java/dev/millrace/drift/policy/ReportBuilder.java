package dev.millrace.drift.policy;

import dev.millrace.drift.detect.Cell;
import dev.millrace.drift.detect.FeatureResult;
import dev.millrace.drift.detect.TestResult;
import dev.millrace.drift.policy.WindowResults.OfSlice;
import dev.millrace.drift.profile.ModelReference;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.UnbinnedKind;
import dev.millrace.drift.window.PartitionRange;
import dev.millrace.drift.window.WindowCounts;
import dev.millrace.schemas.avro.DriftCell;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.DriftTest;
import dev.millrace.schemas.avro.FeatureDrift;
import dev.millrace.schemas.avro.OffsetRange;
import dev.millrace.schemas.avro.Retraining;
import dev.millrace.schemas.avro.Verdict;
import dev.millrace.schemas.pipeline.Drift;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Builds the report of a window. */
final class ReportBuilder {
  /** Cells that are named as the change: as many as a person reads at once. */
  private static final int MOST_CHANGED = 5;

  private final ModelReference reference;
  private final Drift drift;
  private final double alpha;

  /**
   * @param alpha significance level of one feature in one window
   */
  ReportBuilder(ModelReference reference, Drift drift, double alpha) {
    this.reference = reference;
    this.drift = drift;
    this.alpha = alpha;
  }

  /**
   * The report of a window, without its {@code retraining}; its state is that of the window alone.
   */
  DriftReport of(
      long startMillis,
      WindowCounts counts,
      long late,
      List<FeatureResult> results,
      WindowVerdict verdict) {
    List<FeatureDrift> features = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      features.add(feature(results.get(i), counts.profile(i), verdict));
    }
    return report(startMillis, counts.samples(), results, verdict)
        .setLate(late)
        .setFeatures(features)
        .setOffsets(ranges(counts.ranges()))
        .build();
  }

  /**
   * The report of a slice, without its {@code retraining}. It has cells only where something is
   * unusual, since there are many slices.
   */
  DriftReport of(
      long startMillis, OfSlice slice, List<PartitionRange> ranges, WindowVerdict verdict) {
    String name = slice.slice().name();
    List<FeatureDrift> features = new ArrayList<>();
    for (int i = 0; i < slice.results().size(); i++) {
      FeatureDrift feature = feature(slice.results().get(i), slice.counts().get(i), verdict);
      feature.setSlice(name);
      if (feature.getChanged().isEmpty()) {
        feature.setCells(List.of());
      }
      features.add(feature);
    }
    DriftReport.Builder report =
        report(startMillis, slice.samples(), slice.results(), verdict)
            .setLate(0)
            .setSlice(name)
            .setFeatures(features)
            .setOffsets(ranges(ranges));
    return report.setId(report.getId() + "/" + name).build();
  }

  private DriftReport.Builder report(
      long startMillis, long samples, List<FeatureResult> results, WindowVerdict verdict) {
    Instant start = Instant.ofEpochMilli(startMillis);
    return DriftReport.newBuilder()
        .setId(
            "%s/%s/%s/%s"
                .formatted(reference.pipeline(), reference.model(), reference.version(), start))
        .setPipeline(reference.pipeline())
        .setModel(reference.model())
        .setModelVersion(reference.version())
        .setReferenceDigest(reference.digest())
        .setWindowStart(start)
        .setWindowEnd(start.plus(drift.window()))
        .setState(dev.millrace.schemas.avro.DriftState.valueOf(verdict.verdict().name()))
        .setVerdict(Verdict.valueOf(verdict.verdict().name()))
        .setSamples(samples)
        .setAlpha(alpha)
        .setMinEffect(drift.minEffect())
        .setMinSamples(drift.minSamples())
        .setSamplesMissing(Math.max(0, drift.minSamples() - samples))
        .setReferenceMissing(referenceMissing(results))
        .setCalmWindows(results.stream().mapToInt(FeatureResult::calmWindows).min().orElse(0))
        .setRetraining(Retraining.NOT_CONFIGURED);
  }

  /** The number of values of the feature with the most values in its reference. */
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
            .setNulls(profile.count(UnbinnedKind.NULL))
            .setInvalid(profile.total() - profile.binned() - profile.count(UnbinnedKind.NULL))
            .setVerdict(verdict(result, window))
            .setDispersion(dispersion(result))
            .setCells(cells(result.cells()));
    if (feature.getVerdict() == Verdict.WARNING || feature.getVerdict() == Verdict.DRIFT) {
      feature.setChanged(cells(Cell.mostChanged(result.cells(), MOST_CHANGED)));
    }
    Double wasserstein = result.effects().wasserstein();
    return (wasserstein == null ? feature : feature.setWasserstein(wasserstein)).build();
  }

  private static List<DriftCell> cells(List<Cell> cells) {
    return cells.stream()
        .map(cell -> new DriftCell(cell.label(), cell.referenceShare(), cell.windowShare()))
        .toList();
  }

  private static double dispersion(FeatureResult result) {
    return result.tests().stream()
        .filter(test -> test.test() == result.test())
        .mapToDouble(TestResult::dispersion)
        .findFirst()
        .orElse(1);
  }

  /** WARNING for a feature that the window's verdict names though its own test did not alarm. */
  private static Verdict verdict(FeatureResult result, WindowVerdict window) {
    boolean named = window.named().contains(result.feature());
    return named && result.verdict() == dev.millrace.drift.detect.Verdict.OK
        ? Verdict.WARNING
        : Verdict.valueOf(result.verdict().name());
  }

  static List<OffsetRange> ranges(List<PartitionRange> ranges) {
    return ranges.stream()
        .map(range -> new OffsetRange(range.partition(), range.from(), range.to()))
        .toList();
  }
}
