package dev.millrace.features.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.features.Cards;
import dev.millrace.features.source.Question;
import dev.millrace.features.source.Question.Part;
import dev.millrace.features.source.Question.Values;
import dev.millrace.features.source.QuestionSerializer;
import dev.millrace.features.view.Backfill;
import dev.millrace.features.view.GenerationPlan;
import dev.millrace.features.view.LookupUse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.SimpleOperatorFactory;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.RecordAttributes;
import org.apache.flink.streaming.runtime.streamrecord.RecordAttributesBuilder;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.KeyedMultiInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The order of questions after backfills; {@code EvolutionTest} runs one in a job. */
@SuppressWarnings("try") // The harness may be interrupted when it is closed.
class BackfilledLookupOperatorTest {
  private static final int QUESTIONS = 0;
  private static final int EVENTS = 1;
  private static final int BACKFILL = 2;
  private static final RecordAttributes NO_BACKLOG =
      new RecordAttributesBuilder(List.of()).setBacklog(false).build();
  private static final long NOON = 1_700_000_000_000L;

  /**
   * An older question, which brings an event of the card, still waits at the lookup before this
   * one, although the watermark has passed both.
   */
  @Test
  void aLookupWaitsForAllQuestionsOfTheLookupBefore() throws Exception {
    try (var lookup = restored("shop", "card")) {
      lookup.processWatermark(EVENTS, new Watermark(NOON - 1_000));
      lookup.processWatermark(QUESTIONS, new Watermark(NOON - 1_000));
      lookup.processWatermark(BACKFILL, Watermark.MAX_WATERMARK);
      lookup.processElement(QUESTIONS, question("newer", NOON + 1_000));
      lookup.processElement(QUESTIONS, question("older", NOON));
      assertThat(lookup.extractOutputValues()).isEmpty();

      lookup.processRecordAttributes(QUESTIONS, NO_BACKLOG);
      assertThat(lookup.extractOutputValues())
          .extracting(Question::eventId)
          .containsExactly("older", "newer");
      assertThat(lookup.getOutput()).last().isEqualTo(NO_BACKLOG);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theNextLookupIsToldWhenNoQuestionWaits(boolean backfillEndsFirst) throws Exception {
    try (var lookup = restored("shop", "card")) {
      lookup.processElement(QUESTIONS, question("waiting", NOON));
      end(lookup, backfillEndsFirst);
      assertThat(lookup.getOutput()).isEmpty();

      end(lookup, !backfillEndsFirst);
      assertThat(lookup.getOutput()).hasSize(2).last().isEqualTo(NO_BACKLOG);
    }
  }

  private static void end(
      KeyedMultiInputStreamOperatorTestHarness<String, Question> lookup, boolean backfill)
      throws Exception {
    if (backfill) {
      lookup.processWatermark(BACKFILL, Watermark.MAX_WATERMARK);
    } else {
      lookup.processRecordAttributes(QUESTIONS, NO_BACKLOG);
    }
  }

  /** Nothing waits at a lookup before it. */
  @Test
  void theFirstLookupAnswersWhenItsBackfillHasEnded() throws Exception {
    try (var lookup = restored("card")) {
      lookup.processWatermark(BACKFILL, Watermark.MAX_WATERMARK);
      lookup.processElement(QUESTIONS, question("next", NOON + 1_000));
      assertThat(lookup.extractOutputValues()).hasSize(1);
    }
  }

  /**
   * After a restart the questions may be idle before their watermark is known. The next lookup
   * would take that for the end of those that wait here, which bring events of its view.
   */
  @Test
  void theQuestionsAreNotIdleWhileTheyWaitForTheBackfill() throws Exception {
    try (var lookup = restored("card")) {
      lookup.processElement(QUESTIONS, question("waiting", NOON));
      lookup.processWatermarkStatus(QUESTIONS, WatermarkStatus.IDLE);
      assertThat(lookup.getOutput()).isEmpty();

      lookup.processWatermark(BACKFILL, Watermark.MAX_WATERMARK);
      assertThat(lookup.getOutput()).hasSize(3).contains(WatermarkStatus.IDLE);
    }
  }

  private static KeyedMultiInputStreamOperatorTestHarness<String, Question> restored(
      String... backfilled) throws Exception {
    Map<String, Backfill> backfills = new LinkedHashMap<>();
    for (String view : backfilled) {
      backfills.put(view, new Backfill(List.of(9L), null));
    }
    var plan = new GenerationPlan(List.of("visitors", "shop", "card"), backfills);
    LookupUse use =
        LookupUse.of(Cards.PIPELINE, plan).stream()
            .filter(each -> each.lookup().name().equals("card"))
            .findFirst()
            .orElseThrow();
    var harness =
        new KeyedMultiInputStreamOperatorTestHarness<String, Question>(
            SimpleOperatorFactory.of(new BackfilledLookupOperator(Cards.PIPELINE, use)),
            Types.STRING);
    harness.setup(QuestionSerializer.TYPE.createSerializer(new SerializerConfigImpl()));
    harness.open();
    return harness;
  }

  /** A payment with the card c. */
  private static StreamRecord<Question> question(String id, long timeMillis) {
    int lookups = Cards.PIPELINE.lookups().size();
    int card = Cards.use(Cards.PIPELINE, "card").index();
    @Nullable String[] entities = new @Nullable String[lookups];
    @Nullable Values[] own = new @Nullable Values[lookups];
    entities[card] = "c";
    own[card] = new Values(new Object[] {5.0, true, "shop"});
    return new StreamRecord<>(
        new Question(
            id,
            timeMillis,
            0,
            timeMillis - NOON + 10,
            "c",
            entities,
            own,
            new @Nullable Part[lookups],
            true),
        timeMillis);
  }
}
