package dev.millrace.drift.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.AlertStatus;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.DriftState;
import dev.millrace.schemas.avro.FeatureDrift;
import dev.millrace.schemas.avro.Retraining;
import dev.millrace.schemas.avro.RetrainingCause;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.avro.Verdict;
import dev.millrace.schemas.pipeline.Cause;
import dev.millrace.schemas.pipeline.Retrain;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DriftJudgeTest {
  private static final double CALM = 0;
  private static final double SHIFTED = 1;
  private static final int MANY = 400;
  private static final int FEW = 50;

  private static final Retrain AT_ONCE =
      new Retrain(Set.of(Cause.DATA, Cause.PREDICTION), Duration.ZERO, 0);

  @Test
  void calmWindowsAreReportedAndNothingElse() throws Exception {
    try (Judge judge = new Judge(AT_ONCE)) {
      judge.window(0, MANY, CALM).window(1, MANY, CALM);

      assertThat(judge.reports()).extracting(DriftReport::getState).containsOnly(DriftState.OK);
      assertThat(judge.alerts()).isEmpty();
      assertThat(judge.triggers()).isEmpty();
      DriftReport report = judge.reports().get(1);
      assertThat(report.getId()).isEqualTo("shop/refund/0123456789ab/1970-01-01T00:00:01Z");
      assertThat(report.getWindowEnd()).isEqualTo(Instant.ofEpochMilli(2_000));
      assertThat(report.getSamples()).isEqualTo(MANY);
      assertThat(report.getLate()).isZero();
      assertThat(report.getRetraining()).isEqualTo(Retraining.NOT_NEEDED);
      assertThat(report.getFeatures())
          .extracting(FeatureDrift::getFeature)
          .containsExactly("amount", "channel", "score");
      assertThat(report.getOffsets())
          .extracting("partition", "from", "to")
          .contains(org.assertj.core.groups.Tuple.tuple(0, 100_000L, 100_397L));
    }
  }

  @Test
  void aSmallWindowIsNeverJudged() throws Exception {
    try (Judge judge = new Judge(AT_ONCE)) {
      judge.window(0, FEW, 5 * SHIFTED);

      DriftReport report = judge.reports().get(0);
      assertThat(report.getState()).isEqualTo(DriftState.INSUFFICIENT);
      assertThat(report.getFeatures())
          .extracting(FeatureDrift::getVerdict)
          .containsOnly(Verdict.INSUFFICIENT);
      assertThat(judge.alerts()).isEmpty();
    }
  }

  @Test
  void whileTheFeaturesWindowsFillNothingIsCalled() throws Exception {
    try (Judge judge = new Judge(Duration.ofMillis(2 * Shop.WINDOW))) {
      judge.window(3, MANY, SHIFTED).window(4, MANY, SHIFTED);
      assertThat(judge.reports()).extracting(DriftReport::getState).containsOnly(DriftState.WARMUP);
      assertThat(judge.alerts()).isEmpty();
      assertThat(judge.triggers()).isEmpty();

      judge.window(5, MANY, SHIFTED);
      assertThat(judge.alerts()).hasSize(1);
    }
  }

  @Test
  void aShiftFiresOnceWithEvidenceAndAsksForRetraining() throws Exception {
    try (Judge judge = new Judge(AT_ONCE)) {
      judge.window(0, MANY, CALM).window(1, MANY, SHIFTED).window(2, MANY, SHIFTED);

      assertThat(judge.alerts()).hasSize(1);
      Alert alert = judge.alerts().get(0);
      assertThat(alert.getKey()).isEqualTo("shop/refund/data-drift");
      assertThat(alert.getId()).isEqualTo("shop/refund/data-drift/0123456789ab/1/FIRING");
      assertThat(alert.getStatus()).isEqualTo(AlertStatus.FIRING);
      assertThat(alert.getFeatures()).containsExactly("amount");
      assertThat(alert.getEvidence()).hasSize(1);
      assertThat(alert.getReport()).isEqualTo(judge.reports().get(1).getId());
      assertThat(alert.getSince()).isEqualTo(Instant.ofEpochMilli(1_000));
      assertThat(alert.getAt()).isEqualTo(Instant.ofEpochMilli(2_000));
      assertThat(alert.getMessage()).contains("amount (KOLMOGOROV_SMIRNOV");

      assertThat(judge.triggers()).hasSize(1);
      RetrainingTrigger trigger = judge.triggers().get(0);
      assertThat(trigger.getCause()).isEqualTo(RetrainingCause.DATA);
      assertThat(trigger.getEvidence()).hasSize(1);
      assertThat(trigger.getData().getFrom()).isEqualTo(Instant.EPOCH);
      assertThat(trigger.getData().getTo()).isEqualTo(Instant.ofEpochMilli(2_000));
      assertThat(trigger.getData().getPredictions()).isEqualTo(2 * MANY);
      assertThat(trigger.getData().getOffsets().get(0).getFrom()).isZero();
      assertThat(trigger.getData().getOffsets().get(0).getTo()).isEqualTo(100_397);
      assertThat(judge.reports())
          .extracting(DriftReport::getRetraining)
          .containsExactly(Retraining.NOT_NEEDED, Retraining.TRIGGERED, Retraining.TRIGGERED);
    }
  }

  @Test
  void calmWindowsInARowResolveAndTheNextShiftIsANewEpisode() throws Exception {
    try (Judge judge = new Judge(AT_ONCE)) {
      judge.window(0, MANY, SHIFTED);
      judge.window(1, MANY, CALM).window(2, MANY, CALM).window(3, FEW, CALM);
      assertThat(judge.alerts()).hasSize(1);

      judge.window(4, MANY, CALM).window(5, MANY, SHIFTED);
      assertThat(judge.alerts())
          .extracting(Alert::getId)
          .containsExactly(
              "shop/refund/data-drift/0123456789ab/1/FIRING",
              "shop/refund/data-drift/0123456789ab/1/RESOLVED",
              "shop/refund/data-drift/0123456789ab/2/FIRING");
      assertThat(judge.triggers()).extracting(RetrainingTrigger::getEpisode).containsExactly(1, 2);
      // The second trigger asks for what came after the first.
      assertThat(judge.triggers().get(1).getData().getFrom())
          .isEqualTo(Instant.ofEpochMilli(1_000));
    }
  }

  @Test
  void coolDownDefersATriggerButNotTheAlert() throws Exception {
    try (Judge judge = new Judge(new Retrain(Set.of(Cause.DATA), Duration.ofSeconds(6), 0))) {
      judge.window(0, MANY, SHIFTED);
      judge.window(1, MANY, CALM).window(2, MANY, CALM).window(3, MANY, CALM);
      judge.window(4, MANY, SHIFTED).window(5, MANY, SHIFTED).window(6, MANY, SHIFTED);

      assertThat(judge.alerts()).hasSize(3);
      assertThat(judge.reports().subList(4, 7))
          .extracting(DriftReport::getRetraining)
          .containsExactly(Retraining.COOLING_DOWN, Retraining.COOLING_DOWN, Retraining.TRIGGERED);
      assertThat(judge.triggers()).hasSize(2);
      assertThat(judge.triggers().get(1).getEvidence()).hasSize(3);
    }
  }

  @Test
  void aTriggerWaitsForLabels() throws Exception {
    try (Judge judge = new Judge(new Retrain(Set.of(Cause.DATA), Duration.ZERO, 100))) {
      judge.labels(0, 60).window(0, MANY, SHIFTED);
      assertThat(judge.triggers()).isEmpty();

      judge.labels(0, 50).window(1, MANY, SHIFTED);
      assertThat(judge.reports())
          .extracting(DriftReport::getRetraining)
          .containsExactly(Retraining.AWAITING_LABELS, Retraining.TRIGGERED);
      assertThat(judge.triggers().get(0).getData().getLabels()).isEqualTo(110);
      assertThat(judge.triggers().get(0).getData().getMinLabels()).isEqualTo(100);
    }
  }

  @Test
  void aCauseThatIsNotAskedForDoesNotTrigger() throws Exception {
    try (Judge judge = new Judge(new Retrain(Set.of(Cause.PREDICTION), Duration.ZERO, 0))) {
      judge.window(0, MANY, SHIFTED);

      assertThat(judge.alerts()).hasSize(1);
      assertThat(judge.triggers()).isEmpty();
      assertThat(judge.reports().get(0).getRetraining()).isEqualTo(Retraining.NOT_CONFIGURED);
    }
  }

  @Test
  void lateRecordsAreCountedInTheNextReport() throws Exception {
    try (Judge judge = new Judge(AT_ONCE)) {
      judge.window(0, MANY, CALM).add(0, 7, CALM).add(0, 3, CALM).window(1, MANY, CALM);
      judge.window(2, MANY, CALM);

      assertThat(judge.reports()).extracting(DriftReport::getLate).containsExactly(0L, 10L, 0L);
      assertThat(judge.reports()).extracting(DriftReport::getSamples).containsOnly((long) MANY);
    }
  }

  @Test
  void aRestoredJudgeGoesOnAndRepeatsTheStandingAlertToTheLastBit() throws Exception {
    OperatorSubtaskState snapshot;
    Alert fired;
    RetrainingTrigger triggered;
    try (Judge before = new Judge(AT_ONCE)) {
      before.window(0, MANY, CALM).window(1, MANY, SHIFTED).add(2, MANY, SHIFTED);
      snapshot = before.harness.snapshot(1, 1);
      fired = before.alerts().get(0);
      triggered = before.triggers().get(0);
    }
    try (Judge after = new Judge(Shop.baseline(), AT_ONCE, snapshot)) {
      after.close(2).add(1, 5, SHIFTED);
      after.window(3, MANY, CALM).window(4, MANY, CALM).window(5, MANY, CALM);

      assertThat(after.reports().get(0).getSamples()).isEqualTo(MANY);
      assertThat(after.reports().get(0).getState()).isEqualTo(DriftState.DRIFT);
      assertThat(after.reports().get(1).getLate()).isEqualTo(5);
      assertThat(after.alerts().get(0)).isEqualTo(fired);
      assertThat(after.alerts())
          .extracting(Alert::getStatus)
          .containsExactly(AlertStatus.FIRING, AlertStatus.RESOLVED);
      assertThat(after.triggers()).isEmpty();
      assertThat(triggered.getEpisode()).isEqualTo(1);
    }
  }

  @Test
  void aJudgeRestoredFromBeforeTheShiftSendsTheSameIdsAgain() throws Exception {
    OperatorSubtaskState snapshot;
    try (Judge first = new Judge(AT_ONCE)) {
      first.window(0, MANY, CALM);
      snapshot = first.harness.snapshot(1, 1);
      first.window(1, MANY, SHIFTED);
      try (Judge second = new Judge(Shop.baseline(), AT_ONCE, snapshot)) {
        second.window(1, MANY, SHIFTED);

        assertThat(second.reports()).containsExactly(first.reports().get(1));
        assertThat(second.alerts().get(0).getId()).isEqualTo(first.alerts().get(0).getId());
        assertThat(second.triggers().get(0).getId()).isEqualTo(first.triggers().get(0).getId());
      }
    }
  }

  /** What a crashed run said after its last checkpoint must not stand for ever. */
  @Test
  void aRestoredJudgeWithoutAnAlertSaysSo() throws Exception {
    OperatorSubtaskState snapshot;
    try (Judge before = new Judge(AT_ONCE)) {
      before.window(0, MANY, CALM);
      snapshot = before.harness.snapshot(1, 1);
    }
    try (Judge after = new Judge(Shop.baseline(), AT_ONCE, snapshot)) {
      after.window(1, MANY, CALM).window(2, MANY, CALM);

      assertThat(after.alerts()).hasSize(1);
      assertThat(after.alerts().get(0).getStatus()).isEqualTo(AlertStatus.RESOLVED);
      assertThat(after.alerts().get(0).getEpisode()).isZero();
    }
  }

  @Test
  void aNewVersionResolvesTheOldOnesAlertAndBeginsAnew() throws Exception {
    OperatorSubtaskState snapshot;
    try (Judge before = new Judge(AT_ONCE)) {
      before.window(0, MANY, SHIFTED).add(1, MANY, SHIFTED);
      snapshot = before.harness.snapshot(1, 1);
    }
    try (Judge after = new Judge(Shop.baseline("ba9876543210"), AT_ONCE, snapshot)) {
      after.close(1);
      assertThat(after.reports()).isEmpty();

      after.window(2, MANY, CALM).window(3, MANY, SHIFTED);
      assertThat(after.alerts())
          .extracting(Alert::getId)
          .containsExactly(
              "shop/refund/data-drift/0123456789ab/1/RESOLVED",
              "shop/refund/data-drift/ba9876543210/1/FIRING");
      assertThat(after.reports()).extracting(DriftReport::getSamples).containsOnly((long) MANY);
      assertThat(after.triggers().get(0).getData().getFrom())
          .isEqualTo(Instant.ofEpochMilli(2_000));
    }
  }

  /** The judge in a harness. */
  private static final class Judge implements AutoCloseable {
    private final Baseline baseline;
    private final KeyedOneInputStreamOperatorTestHarness<String, Partial, DriftReport> harness;

    Judge(Retrain retrain) throws Exception {
      this(Shop.baseline(), retrain, null);
    }

    Judge(Duration warmUp) throws Exception {
      this(Shop.baseline(), AT_ONCE, warmUp, null);
    }

    Judge(Baseline baseline, Retrain retrain, @Nullable OperatorSubtaskState state)
        throws Exception {
      this(baseline, retrain, Duration.ZERO, state);
    }

    private Judge(
        Baseline baseline, Retrain retrain, Duration warmUp, @Nullable OperatorSubtaskState state)
        throws Exception {
      this.baseline = baseline;
      harness =
          new KeyedOneInputStreamOperatorTestHarness<>(
              new KeyedProcessOperator<>(
                  new DriftJudge(baseline, Shop.DRIFT, retrain, warmUp, "outcomes", "orders")),
              partial -> "refund",
              Types.STRING);
      harness.setup(
          new AvroTypeInfo<>(DriftReport.class).createSerializer(new SerializerConfigImpl()));
      if (state != null) {
        harness.initializeState(state);
      }
      harness.open();
    }

    /** Predictions of a window, which then closes. */
    Judge window(long number, int size, double shift) throws Exception {
      return add(number, size, shift).close(number);
    }

    /** Predictions of a window, in two partials. */
    Judge add(long number, int size, double shift) throws Exception {
      long start = number * Shop.WINDOW;
      List<GenericRecord> predictions = Shop.window(start, size, shift);
      send(start, predictions.subList(0, size / 3));
      send(start, predictions.subList(size / 3, size));
      return this;
    }

    Judge labels(long window, long count) throws Exception {
      harness.processElement(
          new StreamRecord<>(Partial.ofLabels(baseline.version(), window * Shop.WINDOW, count)));
      return this;
    }

    Judge close(long number) throws Exception {
      harness.processWatermark((number + 1) * Shop.WINDOW - 1);
      return this;
    }

    private void send(long start, List<GenericRecord> predictions) throws Exception {
      PredictionValues values = new PredictionValues(Shop.PREDICTION, baseline.features());
      WindowCounts counts = new WindowCounts(baseline.references());
      for (GenericRecord prediction : predictions) {
        GenericRecord source = (GenericRecord) prediction.get("source");
        counts.add(
            values.of(prediction), (Integer) source.get("partition"), (Long) source.get("offset"));
      }
      harness.processElement(new StreamRecord<>(counts.toPartial(baseline.version(), start)));
    }

    List<DriftReport> reports() {
      return harness.extractOutputValues();
    }

    List<Alert> alerts() {
      return side(DriftJudge.ALERTS);
    }

    List<RetrainingTrigger> triggers() {
      return side(DriftJudge.TRIGGERS);
    }

    private <T> List<T> side(OutputTag<T> tag) {
      List<T> values = new ArrayList<>();
      var records = harness.getSideOutput(tag);
      if (records != null) {
        records.forEach(record -> values.add(record.getValue()));
      }
      return values;
    }

    @Override
    public void close() throws IllegalStateException {
      try {
        harness.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
