package dev.millrace.features.operator;

import static dev.millrace.features.operator.LookupHarness.HOUR;
import static dev.millrace.features.operator.LookupHarness.MINUTE;
import static dev.millrace.features.operator.LookupHarness.START;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.features.skew.SkewSample;
import java.util.stream.IntStream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

/** Answers that are compared with those that are known later. */
class SkewCheckTest {
  @Test
  void comparesAnAnswerWhenItsSourceHasPassedItsTime() throws Exception {
    try (LookupHarness harness = LookupHarness.comparing("visitors", null)) {
      harness.event("s", 0, 7L);
      harness.ask("s", MINUTE);
      harness.questionsAt(10 * HOUR); // far ahead: the tiles must be kept all the same
      harness.event("s", MINUTE, 9L);
      harness.event("s", MINUTE + 1, 11L);
      harness.eventsAt(MINUTE - 1);
      assertThat(harness.skew()).isEmpty();
      harness.eventsAt(MINUTE);
      assertThat(harness.skew()).hasSize(1);
      assertThat(harness.skew().get(0).timeMillis()).isEqualTo(START + MINUTE);
      assertThat(harness.skew().get(0).differences()).containsExactly(2.0);
    }
  }

  @Test
  void equalAnswersDoNotDifferAndCompleteOnesAreNotCompared() throws Exception {
    try (LookupHarness harness = LookupHarness.comparing("visitors", null)) {
      harness.event("s", 0, 7L);
      harness.ask("s", MINUTE);
      harness.eventsAt(MINUTE);
      harness.ask("s", MINUTE);
      harness.eventsAt(HOUR);
      assertThat(harness.skew()).hasSize(1);
      assertThat(harness.skew().get(0).differences()).containsExactly(0.0);
    }
  }

  /** The entity had no event when it was asked about. */
  @Test
  void aMissingValueDiffersWithoutANumber() throws Exception {
    try (LookupHarness harness = LookupHarness.comparing("visitors", null)) {
      harness.ask("s", MINUTE);
      harness.event("s", 0, 7L);
      harness.eventsAt(MINUTE);
      assertThat(harness.skew().get(0).differences()).containsExactly(SkewSample.NO_NUMBER);
    }
  }

  @Test
  void nothingIsKnownAboutAQuestionWhoseSourceStops() throws Exception {
    try (LookupHarness harness = LookupHarness.comparing("visitors", null)) {
      harness.event("s", 0, 7L);
      harness.ask("s", MINUTE);
      harness.eventsIdle(true);
      assertThat(harness.skew()).isEmpty();
      assertThat(harness.flink.numEventTimeTimers()).isLessThanOrEqualTo(1);
    }
  }

  @Test
  void comparesAfterARestart() throws Exception {
    try (LookupHarness first = LookupHarness.comparing("card", null)) {
      first.pay("c", MINUTE, 1.0, "s");
      OperatorSubtaskState checkpoint = first.flink.snapshot(1, 1);
      try (LookupHarness second = LookupHarness.comparing("card", checkpoint)) {
        second.pay("c", MINUTE - 1, 4.0, "s");
        second.bothAt(MINUTE);
        assertThat(second.skew()).hasSize(2);
        double[] differences = second.skew().get(1).differences();
        assertThat(differences).isNotNull();
        assertThat(differences[0]).as("count").isEqualTo(1.0);
        assertThat(differences[2]).as("sum").isEqualTo(4.0);
      }
    }
  }

  @Test
  void aSampleIsAbout1Of64() {
    long sampled =
        IntStream.range(0, 64_000).filter(i -> SkewCheck.samples("customer-" + i, 64)).count();
    assertThat(sampled).isBetween(700L, 1300L);
  }
}
