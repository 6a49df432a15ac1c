package dev.millrace.features.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.features.Cards;
import dev.millrace.features.source.Question;
import dev.millrace.schemas.pipeline.Pipeline;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A lookup of a view of predictions, which count 10 s after their event. */
class DelayedViewTest {
  private static final long SECOND = 1_000;
  private static final long DELAY = 10 * SECOND;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  private Pipeline pipeline(boolean align) throws Exception {
    String view =
        """
        score: payments
        align: %s
        features:
          past:
            from: predictions
            entity: shop
            delay: 10s
            aggregates: [{operations: [count], windows: [1h]}]
        """
            .formatted(align);
    Path own = Files.createDirectory(directory.resolve("align-" + align));
    return Cards.with(own, "score: payments\nfeatures:\n", view);
  }

  /** The watermark of predictions is that of their events. */
  @Test
  void aQuestionWaitsForThePredictionsThatCount() throws Exception {
    try (LookupHarness harness = LookupHarness.of(pipeline(true), "past", null)) {
      harness.event("s", DELAY, true);
      harness.event("s", 5 * SECOND + DELAY, true);
      harness.ask("s", 4 * SECOND + DELAY);
      harness.ask("s", 5 * SECOND + DELAY);
      harness.questionsAt(60 * SECOND);
      harness.eventsAt(4 * SECOND - 1);
      assertThat(harness.answers()).isEmpty();
      harness.eventsAt(4 * SECOND);
      assertThat(harness.last().features()).containsExactly(1L);
      harness.eventsAt(5 * SECOND);
      assertThat(harness.last().features()).containsExactly(2L);
      assertThat(harness.last().newestMillis()).isEqualTo(LookupHarness.START + 15 * SECOND);
      assertThat(harness.answers()).hasSize(2).allMatch(Question::complete);
      harness.eventsAt(Long.MAX_VALUE - LookupHarness.START);
      harness.ask("s", 50 * SECOND);
      assertThat(harness.answers()).as("the end of bounded input").hasSize(3);
    }
  }

  @Test
  void anAnswerIsCompleteWhenPredictionsHavePassedItsTimeWithoutTheDelay() throws Exception {
    try (LookupHarness harness = LookupHarness.of(pipeline(false), "past", null)) {
      harness.event("s", DELAY, true);
      harness.eventsAt(SECOND);
      harness.ask("s", SECOND + DELAY);
      harness.ask("s", SECOND + DELAY + 1);
      assertThat(harness.answers()).extracting(Question::complete).containsExactly(true, false);
    }
  }

  /** A row is as of a time that has been reached, and gets what counts later when it counts. */
  @Test
  void aRowDoesNotContainWhatCountsLater() throws Exception {
    try (LookupHarness harness = LookupHarness.of(pipeline(false), "past", null)) {
      harness.event("s", DELAY, true);
      harness.pass(SECOND);
      assertThat(harness.feed()).as("nothing counts yet").isEmpty();
      harness.questionsAt(DELAY + SECOND);
      harness.pass(SECOND);
      assertThat(harness.feed()).containsExactly("s@11000 1");
      harness.event("s", 12 * SECOND + DELAY, true);
      harness.pass(SECOND);
      assertThat(harness.feed()).hasSize(2);
      assertThat(harness.feed().get(1)).isEqualTo("s@12000 1");
      assertThat(harness.rows().get(1).newestMillis()).isEqualTo(LookupHarness.START + DELAY);
      harness.eventsAt(22 * SECOND);
      harness.pass(SECOND);
      assertThat(harness.feed()).last().isEqualTo("s@22000 2");
    }
  }
}
