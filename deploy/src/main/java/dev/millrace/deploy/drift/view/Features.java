package dev.millrace.deploy.drift.view;

import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.FeatureDrift;
import dev.millrace.schemas.avro.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The features of a report. */
final class Features {
  /** The least p-value first. */
  static final Comparator<FeatureDrift> MOST_UNUSUAL =
      Comparator.comparingDouble(FeatureDrift::getPValue)
          .thenComparing(Comparator.comparingDouble(FeatureDrift::getJensenShannon).reversed());

  private Features() {}

  /** {@code amount}, or {@code amount in channel=web}. */
  static String name(FeatureDrift feature) {
    return feature.getSlice().isEmpty()
        ? feature.getFeature()
        : "%s in %s".formatted(feature.getFeature(), feature.getSlice());
  }

  static Optional<FeatureDrift> mostUnusual(DriftReport report) {
    return report.getFeatures().stream()
        .filter(feature -> !Double.isNaN(feature.getPValue()))
        .min(MOST_UNUSUAL);
  }

  /** Those of a verdict, the most unusual first. */
  static List<FeatureDrift> of(DriftReport report, Verdict verdict) {
    return report.getFeatures().stream()
        .filter(feature -> feature.getVerdict() == verdict)
        .sorted(MOST_UNUSUAL)
        .toList();
  }

  /** The features that drifted; those of a warning if none did. */
  static List<FeatureDrift> named(DriftReport report) {
    List<FeatureDrift> drifted = of(report, Verdict.DRIFT);
    return drifted.isEmpty() ? of(report, Verdict.WARNING) : drifted;
  }

  /**
   * What a window's state is about: the features that drifted in all predictions and in slices, and
   * those of a warning of all predictions; those of warnings of slices if there are none.
   *
   * @param slices of the same window
   */
  static List<FeatureDrift> named(DriftReport report, List<DriftReport> slices) {
    List<FeatureDrift> named = new ArrayList<>(named(report));
    slices.forEach(slice -> named.addAll(of(slice, Verdict.DRIFT)));
    if (named.isEmpty()) {
      slices.forEach(slice -> named.addAll(of(slice, Verdict.WARNING)));
    }
    return named;
  }
}
