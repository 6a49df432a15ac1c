package dev.millrace.features;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.avro.EventRef;
import dev.millrace.schemas.avro.LabelStatus;
import dev.millrace.schemas.flink.sink.DeadLetterRecord;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.pipeline.Feedback;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.topics.FeedbackSchemas;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Predictions and outcomes become events of views, each once. */
class FeedbackEventsTest {
  private static final Pipeline PIPELINE = Cards.feedback();

  /** For which the transfers' ids are remembered. */
  private static final long REMEMBERED = 4_000;

  private static final long MATURITY = 10_000;

  private static FeedbackHarness open(Feedback feedback, @Nullable OperatorSubtaskState state)
      throws Exception {
    return FeedbackHarness.open(PIPELINE, feedback, state);
  }

  private static GenericRecord written(Feedback feedback, String id, long timeMillis) {
    return written(PIPELINE, feedback, id, timeMillis);
  }

  private static GenericRecord written(
      Pipeline pipeline, Feedback feedback, String id, long timeMillis) {
    Schema schema = FeedbackSchemas.read(pipeline, feedback);
    GenericRecord written = new GenericData.Record(schema);
    written.put("event_id", id);
    written.put("event_time", timeMillis);
    GenericRecord source = new GenericData.Record(EventRef.getClassSchema());
    source.put("event_id", id);
    source.put("event_time", timeMillis);
    source.put("partition", 2);
    source.put("offset", 17L);
    written.put("source", source);
    GenericRecord context = new GenericData.Record(schema.getField("context").schema());
    context.put("sender", "a");
    written.put("context", context);
    return written;
  }

  private static IncomingRecord incoming(GenericRecord record) {
    return IncomingRecord.of(record, (Long) record.get("event_time"), 0, 99);
  }

  private static IncomingRecord prediction(String id, long timeMillis, @Nullable Double score) {
    GenericRecord prediction = written(Feedback.PREDICTIONS, id, timeMillis);
    prediction.put("score", score);
    return incoming(prediction);
  }

  private static IncomingRecord outcome(long timeMillis, double label, @Nullable Long labelTime) {
    GenericRecord outcome = written(Feedback.OUTCOMES, "t", timeMillis);
    outcome.put("label", label);
    outcome.put("label_time", labelTime);
    outcome.put("label_status", labelTime == null ? LabelStatus.ASSUMED : LabelStatus.OBSERVED);
    return incoming(outcome);
  }

  private static @Nullable Object field(IncomingRecord event, String name) {
    return Objects.requireNonNull(event.value()).get(name);
  }

  @Test
  void theFirstPredictionOfAnEventCounts() throws Exception {
    try (FeedbackHarness reader = open(Feedback.PREDICTIONS, null)) {
      IncomingRecord event = reader.read(prediction("t", 1_000, 0.25)).get(0);
      assertThat(List.of(event.eventTimeMillis(), (long) event.partition(), event.offset()))
          .as("time and position of the scored event")
          .containsExactly(1_000L, 2L, 17L);
      assertThat(field(event, "score")).isEqualTo(0.25);
      assertThat(field(event, "sender")).isEqualTo("a");
      assertThat(field(event, "amount")).isNull();

      assertThat(reader.read(prediction("t", 1_000, 0.75))).isEmpty();
      assertThat(reader.read(prediction("u", 1_000, null))).hasSize(1);
    }
  }

  @Test
  void aRepetitionNeverCountsAlsoAfterARestart() throws Exception {
    OperatorSubtaskState state;
    try (FeedbackHarness reader = open(Feedback.PREDICTIONS, null)) {
      assertThat(reader.read(prediction("t", 1_000, 0.25))).hasSize(1);
      reader.passed(1_000 + REMEMBERED - 1);
      assertThat(reader.remembered()).isEqualTo(1);
      assertThat(reader.read(prediction("t", 1_000, 0.25))).as("remembered").isEmpty();
      assertThat(reader.read(prediction("late", 1_001, 0.25))).as("late, not too late").hasSize(1);
      reader.passed(1_001 + REMEMBERED);
      assertThat(reader.remembered()).isZero();
      assertThat(reader.read(prediction("t", 1_000, 0.25))).as("too late").isEmpty();
      state = reader.snapshot(1, 1);
    }
    try (FeedbackHarness restored = open(Feedback.PREDICTIONS, state)) {
      assertThat(restored.read(prediction("t", 1_000, 0.25))).as("its source is unknown").isEmpty();
      assertThat(restored.read(prediction("new", 9_000, 0.25))).hasSize(1);
    }
  }

  @Test
  void anOutcomeIsKnownFromItsLabelOnButNotBeforeItsEvent() throws Exception {
    assertThat(known(outcome(5_000, 1, 7_000L))).isEqualTo(7_000);
    assertThat(known(outcome(5_000, 1, 3_000L))).isEqualTo(5_000);
    assertThat(known(outcome(5_000, 1, null))).isEqualTo(5_000 + MATURITY);
  }

  private static long known(IncomingRecord outcome) throws Exception {
    try (FeedbackHarness reader = open(Feedback.OUTCOMES, null)) {
      return reader.read(outcome).get(0).eventTimeMillis();
    }
  }

  @Test
  void aLabelThatIsAConditionIsABoolean() throws Exception {
    try (FeedbackHarness reader = open(Feedback.OUTCOMES, null)) {
      IncomingRecord event = reader.read(outcome(5_000, 1, null)).get(0);
      assertThat(field(event, "label")).isEqualTo(true);
      assertThat(field(event, "label_status")).isEqualTo("ASSUMED");
    }
  }

  /** Predictions have a record {@code source}, and {@code event_id} as a text. */
  @Test
  void aFieldOfTheEventMayBeNamedAsOneOfPredictions(@TempDir Path directory) throws Exception {
    Pipeline pipeline =
        Cards.feedback(
            directory,
            "{\"name\": \"source\", \"type\": \"string\"}, {\"name\": \"event_id\", \"type\": \"long\"}, ");
    try (FeedbackHarness reader = FeedbackHarness.open(pipeline, Feedback.PREDICTIONS, null)) {
      GenericRecord prediction = written(pipeline, Feedback.PREDICTIONS, "t", 1_000);
      prediction.put("score", 0.25);
      IncomingRecord event = reader.read(incoming(prediction)).get(0);
      assertThat(field(event, "score")).isEqualTo(0.25);
      assertThat(field(event, "source")).as("no view uses it").isNull();
      assertThat(field(event, "event_id")).isNull();
    }
  }

  @Test
  void deadLettersPass() throws Exception {
    DeadLetterRecord letter = new DeadLetterRecord(null, new byte[] {1}, 7, List.of());
    try (FeedbackHarness reader = open(Feedback.OUTCOMES, null)) {
      assertThat(reader.read(new IncomingRecord(null, letter, null, 7, false, 0, 3))).hasSize(1);
    }
  }
}
