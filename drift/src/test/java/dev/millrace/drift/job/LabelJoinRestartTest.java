package dev.millrace.drift.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.labels.JoinResult;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

/** The join after a restart, with the same definition or with another one. */
class LabelJoinRestartTest {

  @Test
  void appliesARaisedMaturityToWaitingPredictions() throws Exception {
    OperatorSubtaskState snapshot;
    try (JoinHarness before = new JoinHarness(0.0)) {
      before.prediction("a", 100).prediction("b", 100).label("c", 1, 150).label("d", 1, 150);
      snapshot = before.snapshot();
    }
    try (JoinHarness after = new JoinHarness(0.0, 3 * JoinHarness.MATURITY, snapshot)) {
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
  void appliesALoweredMaturityToWaitingPredictions() throws Exception {
    OperatorSubtaskState snapshot;
    try (JoinHarness before = new JoinHarness(0.0, 3 * JoinHarness.MATURITY, null)) {
      before.prediction("a", 100).prediction("b", 100).label("d", 1, 150);
      snapshot = before.snapshot();
    }
    try (JoinHarness after = new JoinHarness(0.0, JoinHarness.MATURITY, snapshot)) {
      after.label("b", 1, 1_200).watermark(1_150);

      assertThat(after.outcomes())
          .containsExactlyInAnyOrder("a 0.0 null ASSUMED", "b 0.0 null ASSUMED");
      assertThat(after.count(JoinResult.LABELS_TOO_LATE)).isEqualTo(1);
      assertThat(after.count(JoinResult.LABELS_UNMATCHED)).isEqualTo(1);

      after.watermark(2_100);
      assertThat(after.stateEntries()).as("the list of timers of the former maturity").isOne();
      after.watermark(3_150);
      assertThat(after.stateEntries()).isZero();
    }
  }

  @Test
  void aRestoredJoinResumes() throws Exception {
    OperatorSubtaskState snapshot;
    try (JoinHarness before = new JoinHarness(0.0)) {
      before.prediction("a", 100).prediction("b", 100).label("c", 1, 150).label("b", 1, 200);
      snapshot = before.snapshot();
    }
    try (JoinHarness after = new JoinHarness(0.0, JoinHarness.MATURITY, snapshot)) {
      after.label("a", 1, 300).prediction("c", 100).label("b", 1, 300).label("b", 0, 300);
      after.watermark(1_100);

      assertThat(after.outcomes()).containsExactly("a 1.0 300 OBSERVED", "c 1.0 150 OBSERVED");
      assertThat(after.count(JoinResult.LABELS_REPEATED)).isEqualTo(1);
      assertThat(after.count(JoinResult.LABELS_CONTRADICTING)).isEqualTo(1);
    }
  }

  /** The last labels were read before the restart, and predictions come after it. */
  @Test
  void predictionsBehindTheLastLabelsMature() throws Exception {
    OperatorSubtaskState snapshot;
    try (JoinHarness before = new JoinHarness(0.0)) {
      snapshot = before.label("c", 1, 150).labelClock(5_000).snapshot();
    }
    try (JoinHarness after = new JoinHarness(0.0, JoinHarness.MATURITY, snapshot)) {
      after.prediction("a", 100).prediction("b", 4_000).prediction("c", 200).prediction("d", 4_001);
      after.labelClock(5_000);

      assertThat(after.outcomes())
          .containsExactly("a 0.0 null ASSUMED", "b 0.0 null ASSUMED", "c 1.0 150 OBSERVED");
      assertThat(after.count(JoinResult.PREDICTIONS_UNLABELED)).isZero();
    }
  }

  /** Two inputs of the same type change places in the pipeline file. */
  @Test
  void readsWaitingPredictionsByTheNamesOfTheirFields() throws Exception {
    OperatorSubtaskState snapshot;
    try (JoinHarness before = JoinHarness.stored(JoinHarness.PREDICTION, null)) {
      snapshot = before.prediction("a", 100).prediction("b", 100).snapshot();
    }
    Schema moved =
        SchemaBuilder.record("Prediction")
            .fields()
            .requiredString("role_reason")
            .requiredDouble("threshold")
            .optionalDouble("added")
            .requiredDouble("score")
            .requiredString("event_id")
            .requiredLong("event_time")
            .endRecord();
    try (JoinHarness after = JoinHarness.stored(moved, snapshot)) {
      after.label("a", 1, 200);
      snapshot = after.snapshot();
      assertThat(after.outcomes()).containsExactly("a 1.0 200 OBSERVED");
      assertThat(after.records()).extracting(outcome -> outcome.get("score")).containsExactly(0.5);
    }
    try (JoinHarness back = JoinHarness.stored(JoinHarness.PREDICTION, snapshot)) {
      back.label("b", 1, 200);
      assertThat(back.records()).extracting(outcome -> outcome.get("score")).containsExactly(0.5);
    }
  }

  @Test
  void readsWaitingPredictionsIntoAnExtendedSchema() throws Exception {
    OperatorSubtaskState snapshot;
    try (JoinHarness before = JoinHarness.stored(JoinHarness.PREDICTION, null)) {
      snapshot = before.prediction("a", 100).snapshot();
    }
    Schema grown = new Schema.Parser().parse(JoinHarness.PREDICTION.toString());
    List<Schema.Field> fields = new ArrayList<>();
    grown.getFields().forEach(field -> fields.add(new Schema.Field(field, field.schema())));
    fields.add(new Schema.Field("added", Schema.create(Schema.Type.LONG), null, 7L));
    grown = Schema.createRecord("Prediction", null, null, false, fields);
    try (JoinHarness after = JoinHarness.stored(grown, snapshot)) {
      after.label("a", 1, 200);

      assertThat(after.outcomes()).containsExactly("a 1.0 200 OBSERVED");
    }
  }
}
