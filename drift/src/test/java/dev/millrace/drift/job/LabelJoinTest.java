package dev.millrace.drift.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.GenericRecordAvroTypeInfo;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LabelJoinTest {
  private static final long MATURITY = 1_000;
  private static final long SILENCE = 300_000;

  private static final Schema PREDICTION =
      SchemaBuilder.record("Prediction")
          .fields()
          .requiredString("event_id")
          .requiredLong("event_time")
          .requiredDouble("score")
          .requiredString("role_reason")
          .endRecord();

  private static final Schema OUTCOME =
      SchemaBuilder.record("Outcome")
          .fields()
          .requiredString("event_id")
          .requiredLong("event_time")
          .requiredDouble("score")
          .requiredDouble("label")
          .optionalLong("label_time")
          .name("label_status")
          .type(SchemaBuilder.enumeration("LabelStatus").symbols("OBSERVED", "ASSUMED"))
          .noDefault()
          .endRecord();

  @Test
  void aPredictionThatComesFirstMeetsItsLabel() throws Exception {
    try (Join join = new Join(null)) {
      join.prediction("a", 100).label("a", 1, 900);

      assertThat(join.outcomes()).containsExactly("a 1.0 900 OBSERVED");
      assertThat(join.records().get(0).get("score")).isEqualTo(0.5);
      assertThat(join.records().get(0).get("event_time")).isEqualTo(100L);
    }
  }

  @Test
  void aLabelThatComesFirstIsHeld() throws Exception {
    try (Join join = new Join(null)) {
      join.label("a", 1, 900).prediction("a", 100);

      assertThat(join.outcomes()).containsExactly("a 1.0 900 OBSERVED");
    }
  }

  @Test
  void theFirstOfRepeatedLabelsCounts() throws Exception {
    try (Join join = new Join(null)) {
      join.label("a", 1, 200).label("a", 0, 300).prediction("a", 100).label("a", 0, 400);

      assertThat(join.outcomes()).containsExactly("a 1.0 200 OBSERVED");
      assertThat(join.count(JoinResult.LABELS_REPEATED)).isEqualTo(2);
    }
  }

  @Test
  void aRepeatedPredictionHasOneOutcome() throws Exception {
    try (Join join = new Join(0.0)) {
      join.prediction("a", 100).prediction("a", 100).label("a", 1, 200).prediction("a", 100);
      join.watermark(1_100);

      assertThat(join.outcomes()).containsExactly("a 1.0 200 OBSERVED");
      assertThat(join.count(JoinResult.PREDICTIONS_REPEATED)).isEqualTo(2);
    }
  }

  @Test
  void atMaturityTheLabelIsAssumedAndALaterOneIsCounted() throws Exception {
    try (Join join = new Join(0.0)) {
      join.prediction("a", 100).watermark(1_099);
      assertThat(join.outcomes()).isEmpty();

      join.watermark(1_100).label("a", 1, 1_050);

      assertThat(join.outcomes()).containsExactly("a 0.0 null ASSUMED");
      assertThat(join.count(JoinResult.LABELS_TOO_LATE)).isEqualTo(1);
    }
  }

  @Test
  void withoutAnAssumptionThePredictionExpires() throws Exception {
    try (Join join = new Join(null)) {
      join.prediction("a", 100).watermark(1_100).label("a", 1, 1_050);

      assertThat(join.outcomes()).isEmpty();
      assertThat(join.count(JoinResult.PREDICTIONS_EXPIRED)).isEqualTo(1);
      assertThat(join.count(JoinResult.LABELS_TOO_LATE)).isEqualTo(1);
    }
  }

  @Test
  void aLabelOfLaterThanMaturityDoesNotCountEvenIfTheWatermarkLags() throws Exception {
    try (Join join = new Join(0.0)) {
      join.prediction("a", 100).label("a", 1, 1_101).label("b", 1, 1_101).prediction("b", 100);
      assertThat(join.count(JoinResult.LABELS_TOO_LATE)).isEqualTo(2);

      join.watermark(1_100);
      assertThat(join.outcomes())
          .containsExactlyInAnyOrder("a 0.0 null ASSUMED", "b 0.0 null ASSUMED");
    }
  }

  @Test
  void aLabelWhosePredictionNeverComesIsHeldForMaturityThenCounted() throws Exception {
    try (Join join = new Join(0.0)) {
      join.label("a", 1, 100).watermark(1_099);
      assertThat(join.count(JoinResult.LABELS_UNMATCHED)).isZero();

      join.watermark(1_100);
      assertThat(join.count(JoinResult.LABELS_UNMATCHED)).isEqualTo(1);
      assertThat(join.stateEntries()).isZero();
    }
  }

  @Test
  void aPredictionBehindTheWatermarkMaturesAtTheNextOne() throws Exception {
    try (Join join = new Join(0.0)) {
      join.watermark(5_000).prediction("a", 100).watermark(5_001);

      assertThat(join.outcomes()).containsExactly("a 0.0 null ASSUMED");
    }
  }

  @Test
  void labelsAheadOfPredictionsAreHeldForThem() throws Exception {
    try (Join join = new Join(0.0)) {
      join.label("b", 1, 200).predictionClock(100).labelClock(100_000);

      join.prediction("b", 150).prediction("a", 100);

      assertThat(join.outcomes()).containsExactly("b 1.0 200 OBSERVED", "a 0.0 null ASSUMED");
    }
  }

  @Test
  void heldLabelsAreDroppedWhenPredictionsHavePassedThem() throws Exception {
    try (Join join = new Join(0.0)) {
      join.label("b", 1, 200).predictionClock(100).labelClock(100_000).predictionClock(1_200);
      join.labelClock(101_000);

      assertThat(join.count(JoinResult.LABELS_UNMATCHED)).isEqualTo(1);
      assertThat(join.stateEntries()).isZero();
    }
  }

  @Test
  void predictionsMatureByTheClockOfLabelsAlone() throws Exception {
    try (Join join = new Join(0.0)) {
      join.prediction("a", 100).predictionClock(100).labelClock(1_099);
      assertThat(join.outcomes()).isEmpty();

      join.labelClock(1_100);
      assertThat(join.outcomes()).containsExactly("a 0.0 null ASSUMED");
    }
  }

  @Test
  void whileLabelsAreSilentNothingIsAssumed() throws Exception {
    try (Join join = new Join(0.0)) {
      join.prediction("a", 100).prediction("b", 100).labelsIdle().predictionClock(5_000);
      assertThat(join.outcomes()).isEmpty();

      join.labelsActive().label("a", 1, 600).labelClock(1_100);
      assertThat(join.outcomes()).containsExactly("a 1.0 600 OBSERVED", "b 0.0 null ASSUMED");
    }
  }

  @Test
  void predictionsFarAheadOfSilentLabelsAreGivenUpAndNothingIsAssumed() throws Exception {
    try (Join join = new Join(0.0)) {
      join.prediction("a", 100).labelsIdle().pass(SILENCE);
      join.predictionClock(100 + 11 * MATURITY - 1);
      assertThat(join.count(JoinResult.PREDICTIONS_UNLABELED)).isZero();

      join.predictionClock(100 + 11 * MATURITY);
      assertThat(join.count(JoinResult.PREDICTIONS_UNLABELED)).isEqualTo(1);
      assertThat(join.outcomes()).isEmpty();

      join.predictionClock(100 + 12 * MATURITY);
      assertThat(join.stateEntries()).isZero();
    }
  }

  @Test
  void predictionsWaitForLabelsThatAreBehindButComing() throws Exception {
    try (Join join = new Join(0.0)) {
      join.prediction("a", 100).labelsActive().labelClock(200).predictionClock(100 * MATURITY);
      join.label("a", 1, 300);

      assertThat(join.outcomes()).containsExactly("a 1.0 300 OBSERVED");
    }
  }

  @Test
  void raisedMaturityHoldsForWhatWaitsAlready() throws Exception {
    OperatorSubtaskState snapshot;
    try (Join before = new Join(0.0)) {
      before.prediction("a", 100).prediction("b", 100).label("c", 1, 150).label("d", 1, 150);
      snapshot = before.snapshot();
    }
    try (Join after = new Join(0.0, 3 * MATURITY, snapshot)) {
      after.watermark(2_000);
      assertThat(after.outcomes()).isEmpty();

      after.label("a", 1, 2_500).prediction("c", 100).watermark(3_100);
      assertThat(after.outcomes())
          .containsExactly("a 1.0 2500 OBSERVED", "c 1.0 150 OBSERVED", "b 0.0 null ASSUMED");

      after.watermark(6_100);
      assertThat(after.count(JoinResult.LABELS_UNMATCHED)).isEqualTo(1);
      assertThat(after.stateEntries()).isZero();
    }
  }

  @Test
  void loweredMaturityHoldsForWhatWaitsAlready() throws Exception {
    OperatorSubtaskState snapshot;
    try (Join before = new Join(0.0, 3 * MATURITY, null)) {
      before.prediction("a", 100).prediction("b", 100).label("d", 1, 150);
      snapshot = before.snapshot();
    }
    try (Join after = new Join(0.0, MATURITY, snapshot)) {
      after.label("b", 1, 1_200).watermark(1_150);

      assertThat(after.outcomes())
          .containsExactlyInAnyOrder("a 0.0 null ASSUMED", "b 0.0 null ASSUMED");
      assertThat(after.count(JoinResult.LABELS_TOO_LATE)).isEqualTo(1);
      assertThat(after.count(JoinResult.LABELS_UNMATCHED)).isEqualTo(1);

      after.watermark(2_100);
      assertThat(after.stateEntries()).isZero();
    }
  }

  @Test
  void nothingIsRememberedAfterTwiceMaturity() throws Exception {
    try (Join join = new Join(0.0)) {
      join.prediction("a", 100).prediction("b", 100).label("b", 1, 200);
      join.watermark(2_099);
      assertThat(join.stateEntries()).isEqualTo(2);

      join.watermark(2_100);
      assertThat(join.stateEntries()).isZero();
    }
  }

  @Test
  void aRestoredJoinGoesOnWhereItWas() throws Exception {
    OperatorSubtaskState snapshot;
    try (Join before = new Join(0.0)) {
      before.prediction("a", 100).prediction("b", 100).label("c", 1, 150).label("b", 1, 200);
      snapshot = before.snapshot();
    }
    try (Join after = new Join(0.0, MATURITY, snapshot)) {
      after.label("a", 1, 300).prediction("c", 100).label("b", 0, 300).watermark(1_100);

      assertThat(after.outcomes()).containsExactly("a 1.0 300 OBSERVED", "c 1.0 150 OBSERVED");
      assertThat(after.count(JoinResult.LABELS_REPEATED)).isEqualTo(1);
    }
  }

  /** A pipeline whose model gets a further input keeps the predictions that wait. */
  @Test
  void predictionsThatWaitAreReadIntoAGrownSchema() throws Exception {
    OperatorSubtaskState snapshot;
    try (Join before = new Join(0.0)) {
      snapshot = before.prediction("a", 100).snapshot();
    }
    Schema grown = new Schema.Parser().parse(PREDICTION.toString());
    List<Schema.Field> fields = new ArrayList<>();
    grown.getFields().forEach(field -> fields.add(new Schema.Field(field, field.schema())));
    fields.add(new Schema.Field("added", Schema.create(Schema.Type.LONG), null, 7L));
    grown = Schema.createRecord("Prediction", null, null, false, fields);
    try (Join after = new Join(grown, 0.0, MATURITY, snapshot)) {
      after.label("a", 1, 200);

      assertThat(after.outcomes()).containsExactly("a 1.0 200 OBSERVED");
    }
  }

  /** Whatever the order of arrival, every prediction has the one outcome that a table would say. */
  @Property(tries = 100)
  void orderOfArrivalDoesNotMatter(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    Map<String, Long> predictions = new HashMap<>();
    Map<String, Long> labels = new HashMap<>();
    for (int i = 0; i < 30; i++) {
      String id = "e" + random.nextInt(20);
      if (random.nextBoolean()) {
        predictions.putIfAbsent(id, random.nextLong(500));
      } else {
        labels.putIfAbsent(id, random.nextLong(2_000));
      }
    }
    List<Runnable> arrivals = new ArrayList<>();
    try (Join join = new Join(0.0)) {
      predictions.forEach((id, time) -> arrivals.add(() -> join.prediction(id, time)));
      labels.forEach((id, time) -> arrivals.add(() -> join.label(id, 1, time)));
      Collections.shuffle(arrivals, random);
      arrivals.forEach(Runnable::run);
      join.watermark(10_000);

      List<String> expected = new ArrayList<>();
      predictions.forEach(
          (id, time) -> {
            Long labeled = labels.get(id);
            boolean inTime = labeled != null && labeled <= time + MATURITY;
            expected.add(id + (inTime ? " 1.0 " + labeled + " OBSERVED" : " 0.0 null ASSUMED"));
          });
      assertThat(join.outcomes()).containsExactlyInAnyOrderElementsOf(expected);
      assertThat(join.stateEntries()).isZero();
    }
  }

  /** The join in a harness, its inputs in one line each. */
  private static final class Join implements AutoCloseable {
    private final LabelJoin function;
    private final KeyedTwoInputStreamOperatorTestHarness<
            String, GenericRecord, Label, GenericRecord>
        harness;

    Join(@Nullable Double otherwise) throws Exception {
      this(otherwise, MATURITY, null);
    }

    Join(@Nullable Double otherwise, long maturity, @Nullable OperatorSubtaskState state)
        throws Exception {
      this(PREDICTION, otherwise, maturity, state);
    }

    Join(
        Schema schema,
        @Nullable Double otherwise,
        long maturity,
        @Nullable OperatorSubtaskState state)
        throws Exception {
      function =
          new LabelJoin(schema, new OutcomeBuilder(OUTCOME), Duration.ofMillis(maturity), otherwise);
      harness =
          new KeyedTwoInputStreamOperatorTestHarness<>(
              new LabelJoinOperator(function, Duration.ofMillis(SILENCE)),
              prediction -> prediction.get("event_id").toString(),
              Label::eventId,
              Types.STRING);
      harness.setup(
          new GenericRecordAvroTypeInfo(OUTCOME).createSerializer(new SerializerConfigImpl()));
      if (state != null) {
        harness.initializeState(state);
      }
      harness.open();
    }

    Join prediction(String id, long time) {
      GenericRecord prediction =
          new GenericRecordBuilder(PREDICTION)
              .set("event_id", id)
              .set("event_time", time)
              .set("score", 0.5)
              .set("role_reason", "champion")
              .build();
      return quietly(() -> harness.processElement1(prediction, time));
    }

    Join label(String id, double value, long time) {
      return quietly(() -> harness.processElement2(new Label(id, value, time), time));
    }

    Join watermark(long time) {
      return quietly(() -> harness.processBothWatermarks(new Watermark(time)));
    }

    Join predictionClock(long time) {
      return quietly(() -> harness.processWatermark1(new Watermark(time)));
    }

    Join labelClock(long time) {
      return quietly(() -> harness.processWatermark2(new Watermark(time)));
    }

    Join labelsIdle() {
      return quietly(() -> harness.processWatermarkStatus2(WatermarkStatus.IDLE));
    }

    Join labelsActive() {
      return quietly(() -> harness.processWatermarkStatus2(WatermarkStatus.ACTIVE));
    }

    Join pass(long millis) {
      return quietly(() -> harness.setProcessingTime(harness.getProcessingTime() + millis));
    }

    OperatorSubtaskState snapshot() throws Exception {
      return harness.snapshot(1, 1);
    }

    List<GenericRecord> records() {
      return harness.extractOutputValues();
    }

    List<String> outcomes() {
      return records().stream()
          .map(
              outcome -> {
                assertThat(GenericData.get().validate(OUTCOME, outcome)).isTrue();
                return "%s %s %s %s"
                    .formatted(
                        outcome.get("event_id"),
                        outcome.get("label"),
                        outcome.get("label_time"),
                        outcome.get("label_status"));
              })
          .toList();
    }

    long count(JoinResult fate) {
      return function.count(fate);
    }

    int stateEntries() {
      return harness.numKeyedStateEntries();
    }

    @Override
    public void close() {
      quietly(harness::close);
    }

    private Join quietly(Step step) {
      try {
        step.run();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
      return this;
    }
  }

  private interface Step {
    void run() throws Exception;
  }
}
