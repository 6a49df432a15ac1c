package dev.millrace.features.operator;

import static dev.millrace.features.operator.LookupHarness.HOUR;
import static dev.millrace.features.operator.LookupHarness.MINUTE;
import static dev.millrace.features.operator.LookupHarness.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.features.Cards;
import dev.millrace.features.source.Question;
import dev.millrace.schemas.operation.Window;
import dev.millrace.schemas.pipeline.Feature;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Lookups;
import dev.millrace.schemas.pipeline.Pipeline;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Answers of a lookup that does not wait for its sources. */
class LookupOperatorTest {
  @Test
  void anAnswerIsAsOfTheEventAndIncludesIt() throws Exception {
    try (LookupHarness harness = LookupHarness.of("card")) {
      harness.pay("c1", 0, 10.0, "bakery");
      harness.pay("c1", 1000, 150.0, "garage");
      assertThat(harness.last().newestMillis()).isEqualTo(START + 1000);
      assertThat(harness.last().features())
          .containsExactly(
              2L, 2L, 160.0, 160.0, 80.0, 80.0, 10.0, 10.0, 150.0, 150.0, 70.0, 70.0, 150.0, 150.0,
              1L, "garage");
      harness.pay("c2", 1000, 1.0, "bakery");
      assertThat(harness.last("amount_sum_1h")).isEqualTo(1.0);
      harness.pay("c1", 2 * MINUTE + 1000, null, "kiosk");
      assertThat(harness.last("amount_count_1m")).isEqualTo(0L);
      assertThat(harness.last("amount_sum_1m")).isNull();
      assertThat(harness.last("amount_sum_1h")).isEqualTo(160.0);
      assertThat(harness.last("shop_last_1h")).isEqualTo("kiosk");
    }
  }

  @Test
  void anEventOutOfOrderIncludesNoNewerOne() throws Exception {
    try (LookupHarness harness = LookupHarness.of("card")) {
      harness.pay("c1", 0, 1.0, "a");
      harness.pay("c1", 4000, 2.0, "b");
      harness.pay("c1", 2000, 4.0, "c");
      assertThat(harness.last("amount_sum_1h")).isEqualTo(5.0);
      assertThat(harness.last("shop_last_1h")).isEqualTo("c");
      assertThat(harness.last().newestMillis()).isEqualTo(START + 2000);
      harness.pay("c1", 5000, 8.0, "d");
      assertThat(harness.last("amount_sum_1h")).isEqualTo(15.0);
    }
  }

  /** The view's source is ahead of the questions, as in a replay. */
  @Test
  void anAnswerIncludesNoEventFromTheFuture() throws Exception {
    try (LookupHarness harness = LookupHarness.of("visitors")) {
      harness.event("s", 0, 7L);
      harness.event("s", HOUR, 8L);
      harness.event("future", HOUR, 9L);
      harness.eventsAt(2 * HOUR);
      harness.ask("s", 30 * MINUTE);
      assertThat(harness.last("people_last_1d")).isEqualTo(7L);
      assertThat(harness.last().newestMillis()).isEqualTo(START);
      harness.ask("future", 30 * MINUTE);
      assertThat(harness.part(harness.answers().get(1))).isNull();
      harness.ask("s", HOUR);
      assertThat(harness.last("people_last_1d")).isEqualTo(8L);
    }
  }

  @Test
  void anAnswerIsCompleteIfItsSourceHadPassedTheTime() throws Exception {
    try (LookupHarness harness = LookupHarness.of("visitors")) {
      harness.event("s", 0, 7L);
      harness.ask("s", MINUTE);
      harness.eventsAt(MINUTE - 1);
      harness.ask("s", MINUTE);
      harness.eventsAt(MINUTE);
      harness.ask("s", MINUTE);
      harness.eventsIdle(true);
      harness.ask("s", MINUTE);
      harness.ask("s", 2 * MINUTE);
      assertThat(harness.answers())
          .extracting(Question::complete)
          .containsExactly(false, false, true, true, false);
    }
  }

  /** A late event that is scored all the same: the tiles of its time may be merged. */
  @Test
  void anAnswerAsOfAClosedTimeIsNotComplete() throws Exception {
    try (LookupHarness harness = LookupHarness.of("visitors")) {
      harness.event("s", 0, 7L);
      harness.bothAt(HOUR);
      harness.ask("s", MINUTE);
      harness.ask("s", HOUR + 1);
      harness.eventsAt(2 * HOUR);
      harness.ask("s", HOUR + 1);
      assertThat(harness.answers())
          .extracting(Question::complete)
          .containsExactly(false, false, true);
    }
  }

  @Test
  void aQuestionWithoutAnEntityPasses() throws Exception {
    try (LookupHarness harness = LookupHarness.of("visitors")) {
      harness.ask(null, 0);
      assertThat(harness.answers()).hasSize(1);
      assertThat(harness.part(harness.answers().get(0))).isNull();
      assertThat(harness.answers().get(0).complete()).isTrue();
    }
  }

  /** One day and the hop of the window, by the time of the question and not by a timer. */
  @Test
  void aQuietEntityEndsAtATimeThatDependsOnTheDataAlone() throws Exception {
    long keep = 24 * HOUR + 24 * MINUTE;
    try (LookupHarness harness = LookupHarness.of("visitors")) {
      harness.event("s", 0, 7L);
      harness.ask("s", keep - 1);
      harness.ask("s", keep);
      assertThat(harness.answers())
          .extracting(question -> harness.part(question) == null)
          .containsExactly(false, true);
    }
  }

  @Test
  void aRestartChangesNoAnswer() throws Exception {
    try (LookupHarness whole = rocks(EntityCache.DEFAULT_BYTES, null);
        LookupHarness first = rocks(EntityCache.DEFAULT_BYTES, null)) {
      play(whole, 0, 600);
      play(first, 0, 300);
      OperatorSubtaskState checkpoint = first.flink.snapshot(1, 1);
      play(first, 300, 400); // lost in the crash and read again
      try (LookupHarness second = rocks(EntityCache.DEFAULT_BYTES, checkpoint)) {
        play(second, 300, 600);
        assertThat(second.answers())
            .usingRecursiveFieldByFieldElementComparator()
            .isEqualTo(whole.answers().subList(300, 600));
      }
    }
  }

  private static LookupHarness rocks(long cacheBytes, @Nullable OperatorSubtaskState state)
      throws Exception {
    return new LookupHarness(
        Cards.PIPELINE, "card", new EmbeddedRocksDBStateBackend(), state, cacheBytes);
  }

  /** Five cards, a payment every 10 s or so, some out of order, the watermark behind. */
  private static void play(LookupHarness harness, int from, int to) throws Exception {
    for (int i = from; i < to; i++) {
      Random random = new Random(i);
      long time = 10_000L * i - random.nextInt(5000);
      String card = "c" + random.nextInt(5);
      double amount = 200 * random.nextDouble();
      harness.question(
          card,
          time,
          i,
          new Question.Values(new @Nullable Object[] {amount, amount > 100 ? true : null, "s"}));
      harness.bothAt(10_000L * i - 5001);
    }
  }

  @Test
  void keepsMoreEntitiesThanFitIntoMemory() throws Exception {
    int cards = 2_000;
    try (LookupHarness harness = rocks(1 << 20, null)) {
      for (int i = 0; i < 2 * cards; i++) {
        harness.pay("c" + i % cards, i, 1.0 + i % cards, "s");
      }
      List<Question> answers = harness.answers();
      for (int i = 0; i < cards; i++) {
        Question.Part part = harness.part(answers.get(i + cards));
        assertThat(part).isNotNull();
        assertThat(harness.feature(part, "amount_sum_1h")).isEqualTo(2.0 + 2 * i);
      }
    }
  }

  @Test
  void stateOfAnotherDefinitionStopsTheJob() throws Exception {
    try (LookupHarness hour = LookupHarness.of("shop")) {
      hour.add("s", 0, true);
      OperatorSubtaskState state = hour.flink.snapshot(1, 1);
      Pipeline day = withWindow(Cards.view("shop"), Duration.ofDays(1));
      try (LookupHarness changed = LookupHarness.of(day, "shop", state)) {
        assertThatThrownBy(() -> changed.add("s", MINUTE, true))
            .hasMessageContaining("feature view shop was written under definition");
      }
    }
  }

  private static Pipeline withWindow(FeatureView view, Duration window) {
    List<Feature> features =
        view.features().stream()
            .map(
                f ->
                    new Feature(
                        f.name(),
                        f.operation(),
                        f.argument(),
                        f.input(),
                        f.where(),
                        Window.sliding(window.toMillis()),
                        f.type()))
            .toList();
    Map<String, FeatureView> views =
        Map.of(
            view.name(),
            new FeatureView(
                view.name(), view.from(), view.entity(), view.ttl(), view.rowWait(), features));
    Pipeline base = Cards.PIPELINE;
    return new Pipeline(
        base.name(),
        base.guarantee(),
        base.partitions(),
        base.sources(),
        base.score(),
        false,
        views,
        Lookups.ofViews(views),
        null,
        null,
        null,
        null,
        null);
  }
}
