package dev.millrace.deploy.drift.view;

import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.AlertStatus;
import dev.millrace.schemas.avro.DriftCell;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.DriftState;
import dev.millrace.schemas.avro.DriftTest;
import dev.millrace.schemas.avro.FeatureDrift;
import dev.millrace.schemas.avro.QualityFigure;
import dev.millrace.schemas.avro.QualityMetric;
import dev.millrace.schemas.avro.QualityReport;
import dev.millrace.schemas.avro.Retraining;
import dev.millrace.schemas.avro.Role;
import dev.millrace.schemas.avro.Verdict;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Records as a drift job publishes them, of daily windows. */
final class Runs {
  static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
  static final Duration DAY = Duration.ofDays(1);

  private Runs() {}

  private static final List<DriftCell> CELLS =
      List.of(
          new DriftCell("<= 12.5", 0.5, 0.2),
          new DriftCell("(12.5, 40)", 0.5, 0.75),
          new DriftCell("NULL", 0.0, 0.05));

  static Pipeline pipeline() {
    Pipeline payments = PipelineFile.load(Path.of("examples/payments/pipeline.yaml"));
    return payments.withDrift(Objects.requireNonNull(payments.drift()).with(DAY, null, null));
  }

  /** Six days, of which the fourth and the fifth drift; the last one has too few predictions. */
  static DriftRun drifted() {
    List<DriftReport> reports =
        List.of(
            report(0, DriftState.WARMUP, Verdict.OK, 0.4, 0.01),
            report(1, DriftState.OK, Verdict.OK, 0.02, 0.015),
            report(2, DriftState.WARNING, Verdict.WARNING, 0.002, 0.05),
            report(3, DriftState.DRIFT, Verdict.DRIFT, 3e-9, 0.21),
            report(4, DriftState.DRIFT, Verdict.DRIFT, 0, 0.3),
            few(5));
    return new DriftRun(
        pipeline(),
        START,
        START.plus(DAY.multipliedBy(6)),
        reports,
        quality(),
        List.of(firing()),
        List.of());
  }

  /** A day on which amounts have changed in one country. */
  static DriftRun driftedInOneSlice() {
    return unusualInOneSlice(DriftState.DRIFT, Verdict.DRIFT);
  }

  /**
   * A day on which amounts are unusual in one country.
   *
   * @param verdict of that slice
   */
  static DriftRun unusualInOneSlice(DriftState state, Verdict verdict) {
    DriftReport all = report(3, state, Verdict.OK, 0.4, 0.01);
    FeatureDrift amount = feature("amount", verdict, 3e-9, 0.21);
    amount.setSlice("country=DE");
    DriftReport slice = report(3, state, verdict, List.of(amount));
    slice.setSlice("country=DE");
    slice.setId(all.getId() + "/country=DE");
    DriftReport other = report(3, DriftState.OK, Verdict.OK, 0.4, 0.01);
    other.setSlice("country=*");
    other.setId(all.getId() + "/country=*");
    FeatureDrift evidence = FeatureDrift.newBuilder(amount).setCells(List.of()).build();
    Alert alert =
        Alert.newBuilder(firing()).setReport(all.getId()).setEvidence(List.of(evidence)).build();
    return new DriftRun(
        pipeline(),
        START,
        START.plus(DAY.multipliedBy(6)),
        List.of(all, other, slice),
        List.of(),
        List.of(alert),
        List.of());
  }

  static DriftRun calm() {
    List<DriftReport> reports = new ArrayList<>();
    for (int day = 0; day < 3; day++) {
      reports.add(report(day, DriftState.OK, Verdict.OK, 0.4, 0.01));
    }
    return new DriftRun(
        pipeline(),
        START,
        START.plus(DAY.multipliedBy(3)),
        reports,
        List.of(),
        List.of(),
        List.of());
  }

  static DriftReport report(int day, DriftState state, Verdict verdict, double p, double effect) {
    return report(
        day, state, verdict, List.of(feature("amount", verdict, p, effect), calm("<country>")));
  }

  private static DriftReport few(int day) {
    DriftReport report =
        report(day, DriftState.DRIFT, Verdict.INSUFFICIENT, List.of(untested("amount")));
    report.setSamples(12);
    report.setSamplesMissing(18);
    return report;
  }

  private static DriftReport report(
      int day, DriftState state, Verdict verdict, List<FeatureDrift> features) {
    Instant start = START.plus(DAY.multipliedBy(day));
    return DriftReport.newBuilder()
        .setId("payments/fraud/0123456789ab/" + start)
        .setPipeline("payments")
        .setModel("fraud")
        .setModelVersion("0123456789ab")
        .setReferenceDigest("fedcba987654")
        .setWindowStart(start)
        .setWindowEnd(start.plus(DAY))
        .setState(state)
        .setVerdict(verdict)
        .setSamples(14_400 + day)
        .setLate(0)
        .setAlpha(1e-4)
        .setMinEffect(0.02)
        .setMinSamples(30)
        .setFeatures(features)
        .setOffsets(List.of())
        .setRetraining(Retraining.NOT_NEEDED)
        .build();
  }

  static FeatureDrift feature(String name, Verdict verdict, double p, double effect) {
    return FeatureDrift.newBuilder()
        .setFeature(name)
        .setTest(DriftTest.KOLMOGOROV_SMIRNOV)
        .setStatistic(0.123456)
        .setPValue(p)
        .setPsi(2 * effect)
        .setJensenShannon(effect)
        .setN(14_400)
        .setReferenceN(100_000)
        .setNulls(7)
        .setInvalid(0)
        .setVerdict(verdict)
        .setCells(verdict == Verdict.DRIFT ? CELLS : List.of())
        .setChanged(verdict == Verdict.DRIFT ? CELLS.subList(1, 2) : List.of())
        .build();
  }

  private static FeatureDrift calm(String name) {
    return feature(name, Verdict.OK, 0.5, 0.001);
  }

  private static FeatureDrift untested(String name) {
    FeatureDrift feature = feature(name, Verdict.INSUFFICIENT, Double.NaN, Double.NaN);
    feature.setTest(DriftTest.NONE);
    return feature;
  }

  /** Labels of the first three days are mature. */
  private static List<QualityReport> quality() {
    return List.of(quality(0), quality(1), quality(2));
  }

  static QualityReport quality(int day) {
    Instant start = START.plus(DAY.multipliedBy(day));
    return QualityReport.newBuilder()
        .setId("payments/fraud/0123456789ab/CHAMPION/" + start + "/measured/")
        .setPipeline("payments")
        .setModel("fraud")
        .setModelVersion("0123456789ab")
        .setRole(Role.CHAMPION)
        .setWindowStart(start)
        .setWindowEnd(start.plus(DAY))
        .setEstimated(false)
        .setCalibrated(false)
        .setPredictions(14_400)
        .setObserved(200)
        .setAssumed(14_000)
        .setCoverage(0.0139)
        .setExcluded(0)
        .setDispersion(1.2)
        .setMetrics(
            List.of(
                figure(QualityMetric.ROC_AUC, 0.9 - 0.01 * day, 0.85 - 0.01 * day, 0.95),
                figure(QualityMetric.LOG_LOSS, 0.2)))
        .setDisparities(List.of())
        .build();
  }

  private static QualityFigure figure(
      QualityMetric metric, double value, double lower, double upper) {
    QualityFigure figure = figure(metric, value);
    figure.setLower(lower);
    figure.setUpper(upper);
    return figure;
  }

  private static QualityFigure figure(QualityMetric metric, double value) {
    return QualityFigure.newBuilder().setMetric(metric).setValue(value).build();
  }

  static Alert firing() {
    Instant since = START.plus(DAY.multipliedBy(3));
    return Alert.newBuilder()
        .setKey("payments/fraud/data-drift")
        .setId("payments/fraud/data-drift/0123456789ab/fedcba987654/" + since + "/FIRING")
        .setStatus(AlertStatus.FIRING)
        .setMessage("Data drift in 1 of 2 features of fraud 0123456789ab: amount (p 3e-09) & more")
        .setPipeline("payments")
        .setModel("fraud")
        .setModelVersion("0123456789ab")
        .setEpisode(1)
        .setSince(since)
        .setAt(since.plus(DAY))
        .setPublishedAt(since.plus(DAY))
        .setFeatures(List.of("amount"))
        .setEvidence(List.of(feature("amount", Verdict.DRIFT, 3e-9, 0.21)))
        .setReport("payments/fraud/0123456789ab/" + since)
        .setReferenceDigest("fedcba987654")
        .build();
  }
}
