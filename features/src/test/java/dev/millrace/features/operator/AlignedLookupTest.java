package dev.millrace.features.operator;

import static dev.millrace.features.operator.LookupHarness.HOUR;
import static dev.millrace.features.operator.LookupHarness.MINUTE;
import static dev.millrace.features.operator.LookupHarness.START;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.features.Cards;
import dev.millrace.features.source.Question;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Answers of a lookup that waits until the source of its view has passed the question's time. */
class AlignedLookupTest {
  private static LookupHarness of(String lookup, @Nullable OperatorSubtaskState state)
      throws Exception {
    return LookupHarness.of(Cards.aligned(), lookup, state);
  }

  @Test
  void aQuestionWaitsForTheSourceOfTheView() throws Exception {
    try (LookupHarness harness = of("visitors", null)) {
      harness.ask("s", MINUTE);
      harness.questionsAt(HOUR);
      harness.eventsAt(MINUTE - 1);
      assertThat(harness.answers()).isEmpty();
      harness.event("s", MINUTE, 7L);
      harness.eventsAt(MINUTE);
      assertThat(harness.last("people_last_1d")).isEqualTo(7L);
      assertThat(harness.answers()).allMatch(Question::complete);
    }
  }

  /** The next lookup must not close a time while a question of that time waits here. */
  @Test
  void theWatermarkStaysBehindTheQuestionsThatWait() throws Exception {
    try (LookupHarness harness = of("visitors", null)) {
      harness.ask("s", MINUTE);
      harness.questionsAt(HOUR);
      harness.eventsAt(MINUTE - 1);
      assertThat(harness.flink.getOutput()).containsExactly(new Watermark(START + MINUTE - 1));
      harness.eventsAt(2 * HOUR);
      assertThat(harness.flink.getOutput()).element(2).isEqualTo(new Watermark(START + HOUR));
    }
  }

  /**
   * One watermark releases a thousand questions of several entities. The next lookup gets
   * watermarks between them, each before all questions that are newer than it.
   */
  @Test
  void aLongReleasePassesTheTimeOnInSteps() throws Exception {
    try (LookupHarness harness = of("visitors", null)) {
      for (int i = 1_000; i > 0; i--) {
        harness.ask("s" + i % 7, i);
        harness.ask("s" + i % 5, i);
      }
      harness.bothAt(HOUR);
      assertThat(harness.answers()).hasSize(2_000);
      long passedMillis = Long.MIN_VALUE;
      int watermarks = 0;
      for (Object each : harness.flink.getOutput()) {
        if (each instanceof Watermark watermark) {
          passedMillis = watermark.getTimestamp();
          watermarks++;
        } else if (each instanceof StreamRecord<?> answer) {
          assertThat(answer.getTimestamp()).isGreaterThan(passedMillis);
        }
      }
      assertThat(passedMillis).isEqualTo(START + HOUR);
      assertThat(watermarks).isBetween(10, 200);
    }
  }

  @Test
  void aQuestionThatIsAnEventWaitsForTheOthersOfItsTime() throws Exception {
    try (LookupHarness harness = of("card", null)) {
      harness.pay("c", MINUTE, 1.0, "s");
      harness.pay("c", MINUTE, 2.0, "s");
      harness.pay("c", MINUTE + 1, 4.0, "s");
      harness.bothAt(MINUTE);
      assertThat(harness.answers()).hasSize(2).allMatch(Question::complete);
      assertThat(harness.answers())
          .allMatch(
              answer -> {
                Question.Part part = harness.part(answer);
                return part != null && Long.valueOf(2).equals(part.features()[1]);
              });
    }
  }

  @Test
  void anIdleSourceIsNotWaitedForAndHasNotPassedTheTime() throws Exception {
    try (LookupHarness harness = of("visitors", null)) {
      harness.event("s", 0, 7L);
      harness.eventsAt(MINUTE);
      harness.ask("s", MINUTE);
      harness.ask("s", HOUR);
      harness.eventsIdle(true);
      harness.ask("s", 2 * HOUR);
      assertThat(harness.answers())
          .extracting(Question::complete)
          .containsExactly(true, false, false);
      harness.eventsIdle(false);
      harness.ask("s", 3 * HOUR);
      assertThat(harness.answers()).hasSize(3);
    }
  }

  @Test
  void questionsThatWaitSurviveARestart() throws Exception {
    try (LookupHarness first = of("visitors", null)) {
      first.event("s", 0, 7L);
      first.ask("s", MINUTE);
      OperatorSubtaskState checkpoint = first.flink.snapshot(1, 1);
      try (LookupHarness second = of("visitors", checkpoint)) {
        second.bothAt(MINUTE - 1);
        assertThat(second.answers()).isEmpty();
        second.bothAt(MINUTE);
        assertThat(second.last("people_last_1d")).isEqualTo(7L);
        second.bothAt(100 * HOUR);
        second.flink.snapshot(2, 2);
        assertThat(second.flink.numKeyedStateEntries()).isZero();
      }
    }
  }

  /** The next lookup would answer newer questions without the event that waits here. */
  @Test
  void theQuestionsAreNotIdleWhileOneWaits() throws Exception {
    try (LookupHarness harness = of("visitors", null)) {
      harness.bothAt(0);
      harness.ask("s", MINUTE);
      harness.questionsIdle(true);
      assertThat(harness.flink.getOutput()).containsExactly(new Watermark(START));
      harness.eventsAt(MINUTE);
      assertThat(harness.answers()).hasSize(1);
      assertThat(harness.flink.getOutput()).last().isEqualTo(WatermarkStatus.IDLE);

      harness.ask("s", HOUR);
      assertThat(harness.flink.getOutput()).last().isEqualTo(WatermarkStatus.ACTIVE);
      harness.eventsAt(HOUR);
      assertThat(harness.flink.getOutput()).last().isEqualTo(WatermarkStatus.IDLE);
    }
  }

  @Test
  void theQuestionsAreNotIdleWhileOneWaitsFromBeforeARestart() throws Exception {
    try (LookupHarness first = of("visitors", null)) {
      first.ask("s", MINUTE);
      OperatorSubtaskState checkpoint = first.flink.snapshot(1, 1);
      try (LookupHarness second = of("visitors", checkpoint)) {
        second.bothAt(0);
        second.questionsIdle(true);
        assertThat(second.flink.getOutput()).containsExactly(new Watermark(START));
        second.eventsAt(MINUTE);
        assertThat(second.flink.getOutput()).last().isEqualTo(WatermarkStatus.IDLE);
      }
    }
  }
}
