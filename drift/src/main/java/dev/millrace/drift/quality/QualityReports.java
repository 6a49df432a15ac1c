package dev.millrace.drift.quality;

import dev.millrace.schemas.avro.DecisionCounts;
import dev.millrace.schemas.avro.DisparityMeasure;
import dev.millrace.schemas.avro.PairedQuality;
import dev.millrace.schemas.avro.QualityFigure;
import dev.millrace.schemas.avro.QualityMetric;
import dev.millrace.schemas.avro.QualityReport;
import dev.millrace.schemas.avro.Role;
import dev.millrace.schemas.avro.SliceDisparity;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Builds the reports of a window whose counts are complete. */
public final class QualityReports implements Serializable {
  private static final long serialVersionUID = 1L;

  private final QualitySettings settings;

  /**
   * @param settings of the pipeline
   */
  public QualityReports(QualitySettings settings) {
    this.settings = settings;
  }

  /**
   * The window that is reported.
   *
   * @param role name of the role
   */
  public record Window(String modelVersion, String role, long startMillis) {}

  /**
   * The reports of all rows, first, and of the slices.
   *
   * @param slices by name, with predictions and outcomes
   */
  public List<QualityReport> measured(Window window, Map<String, SlicePartial> slices) {
    Map<String, SlicePartial> largest = ReportedSlices.of(slices);
    Map<String, SliceCounts> counts = new TreeMap<>();
    largest.forEach((name, partial) -> counts.put(name, partial.decoded()));
    SliceCounts all = counts.getOrDefault(SliceName.ALL, new SliceCounts());
    Overdispersion dispersion = all.parts().dispersion();
    Map<String, List<SliceDisparity>> disparities = disparities(all, counts, dispersion);
    List<QualityReport> reports = new ArrayList<>();
    counts.forEach(
        (name, slice) -> {
          long predictions = predictions(largest, name);
          Overdispersion scaled = dispersion.ofShare(share(slice, all));
          QualityReport report =
              report(window, name, predictions, false)
                  .setObserved(slice.observed())
                  .setAssumed(slice.assumed())
                  .setExcluded(slice.excluded())
                  .setDispersion(scaled.phi())
                  .setMetrics(figures(metrics(slice, scaled)))
                  .setDisparities(disparities.getOrDefault(name, List.of()))
                  .setPaired(paired(slice.pairs(), all.pairs()))
                  .build();
          if (name.equals(SliceName.ALL)) {
            report.setPartLabels(slice.parts().labels());
            report.setPartErrors(slice.parts().errors());
            report.setLosses(slice.losses().toRecords());
          }
          if (predictions > 0) {
            report.setCoverage((double) slice.observed() / predictions);
          }
          if (settings.condition() != null) {
            report.setDecisions(decisions(settings.condition(), slice.binary().confusion()));
          }
          reports.add(report);
        });
    return reports;
  }

  /**
   * The estimates of all predictions, first, and of the slices; none where nothing can be
   * estimated.
   *
   * @param slices by name, with predictions
   */
  public List<QualityReport> estimated(
      Window window, Map<String, SlicePartial> slices, Calibration calibration) {
    List<QualityReport> reports = new ArrayList<>();
    if (!settings.isBinary()) {
      return reports;
    }
    ReportedSlices.of(slices)
        .forEach(
            (name, partial) -> {
              PredictionCounts counts = partial.decoded().predictions();
              List<Metric> metrics = EstimatedMetrics.of(counts, calibration, Overdispersion.NONE);
              if (!metrics.isEmpty()) {
                reports.add(
                    report(window, name, partial.predictions(), true)
                        .setCalibrated(calibration.isFitted())
                        .setMetrics(figures(metrics))
                        .build());
              }
            });
    return reports;
  }

  private static long predictions(Map<String, SlicePartial> slices, String name) {
    SlicePartial partial = slices.get(name);
    return partial == null ? 0 : partial.predictions();
  }

  private static double share(SliceCounts slice, SliceCounts all) {
    double rows = (double) all.observed() + all.assumed();
    return rows == 0 ? 1 : (slice.observed() + slice.assumed()) / rows;
  }

  private List<Metric> metrics(SliceCounts slice, Overdispersion dispersion) {
    return settings.isBinary()
        ? BinaryMetrics.of(slice.binary(), dispersion)
        : RegressionMetrics.of(slice.regression(), dispersion);
  }

  /** By version of the shadow. */
  private static List<PairedQuality> paired(
      Map<String, PairedCounts> slice, Map<String, PairedCounts> all) {
    List<PairedQuality> paired = new ArrayList<>();
    slice.forEach(
        (version, counts) -> {
          if (counts.rows() > 0) {
            PairedComparison comparison =
                PairedComparison.of(counts, all.getOrDefault(version, counts));
            PairedQuality quality =
                PairedQuality.newBuilder()
                    .setModelVersion(version)
                    .setPairs(counts.rows())
                    .setDifferences(figures(comparison.differences()))
                    .build();
            Double pValue = comparison.pValue();
            if (pValue != null) {
              quality.setOnlyChampion(counts.onlyFirst());
              quality.setOnlyShadow(counts.onlySecond());
              quality.setPValue(pValue);
            }
            paired.add(quality);
          }
        });
    return paired;
  }

  /** By name of the slice. */
  private Map<String, List<SliceDisparity>> disparities(
      SliceCounts all, Map<String, SliceCounts> counts, Overdispersion dispersion) {
    Map<String, Map<String, Confusion>> fields = new TreeMap<>();
    counts.forEach(
        (name, slice) -> {
          String field = SliceName.field(name);
          if (field != null) {
            fields
                .computeIfAbsent(field, unknown -> new TreeMap<>())
                .put(name, slice.binary().confusion());
          }
        });
    Map<String, List<SliceDisparity>> found = new HashMap<>();
    Fairness fairness = new Fairness(settings.minRatio(), settings.minSamples(), dispersion);
    for (Map<String, Confusion> slices : fields.values()) {
      for (Disparity each : fairness.of(all.binary().confusion(), slices)) {
        found.computeIfAbsent(each.slice(), unknown -> new ArrayList<>()).add(record(each));
      }
    }
    return found;
  }

  private static SliceDisparity record(Disparity disparity) {
    return new SliceDisparity(
        DisparityMeasure.valueOf(disparity.measure().name()),
        disparity.rate(),
        disparity.restRate(),
        disparity.ratio(),
        disparity.interval().lower(),
        disparity.interval().upper(),
        disparity.pValue(),
        false); // Decided by the windows together.
  }

  private QualityReport.Builder report(
      Window window, String slice, long predictions, boolean estimated) {
    Instant start = Instant.ofEpochMilli(window.startMillis());
    QualityReport.Builder report =
        QualityReport.newBuilder()
            .setId(
                "%s/%s/%s/%s/%s/%s/%s"
                    .formatted(
                        settings.pipeline(),
                        settings.model(),
                        window.modelVersion(),
                        window.role(),
                        start,
                        estimated ? "estimated" : "measured",
                        slice))
            .setPipeline(settings.pipeline())
            .setModel(settings.model())
            .setModelVersion(window.modelVersion())
            .setRole(Role.valueOf(window.role()))
            .setWindowStart(start)
            .setWindowEnd(start.plusMillis(settings.windowMillis()))
            .setEstimated(estimated)
            .setCalibrated(false)
            .setPredictions(predictions)
            .setObserved(0)
            .setAssumed(0)
            .setExcluded(0)
            .setDispersion(1)
            .setDisparities(List.of())
            .setPaired(List.of())
            .setPartLabels(List.of())
            .setPartErrors(List.of())
            .setLosses(List.of());
    String field = SliceName.field(slice);
    if (field != null) {
      report.setSliceField(field);
    }
    String value = SliceName.value(slice);
    if (value != null) {
      report.setSliceValue(value);
    }
    return report;
  }

  private static DecisionCounts decisions(String condition, Confusion rows) {
    return new DecisionCounts(
        condition,
        rows.truePositives(),
        rows.falsePositives(),
        rows.falseNegatives(),
        rows.trueNegatives());
  }

  private static List<QualityFigure> figures(List<Metric> metrics) {
    List<QualityFigure> figures = new ArrayList<>();
    for (Metric metric : metrics) {
      QualityFigure.Builder figure =
          QualityFigure.newBuilder()
              .setMetric(QualityMetric.valueOf(metric.name().name()))
              .setValue(metric.value());
      Interval interval = metric.interval();
      if (interval != null) {
        figure.setLower(interval.lower()).setUpper(interval.upper());
      }
      figures.add(figure.build());
    }
    return figures;
  }
}
