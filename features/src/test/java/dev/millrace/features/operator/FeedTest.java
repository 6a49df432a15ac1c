package dev.millrace.features.operator;

import static dev.millrace.features.operator.LookupHarness.HOUR;
import static dev.millrace.features.operator.LookupHarness.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.features.Cards;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Rows of the online store. The view shop has a window of an hour, with hops of a minute. */
class FeedTest {
  private static final long SECOND = 1000;
  private static final long HOUR_AND_HOP = HOUR + MINUTE;
  private static final long TTL = 30 * 24 * HOUR;

  private static LookupHarness shops(@Nullable OperatorSubtaskState state) throws Exception {
    return LookupHarness.of(Cards.PIPELINE, "shop", state);
  }

  @Test
  void anEntityHasOneRowForEachIntervalInWhichItChanges() throws Exception {
    try (LookupHarness harness = shops(null)) {
      harness.add("s", 0, true);
      harness.add("s", 10, true);
      harness.pass(SECOND - 1);
      harness.add("t", 20, true);
      assertThat(harness.feed()).isEmpty();
      harness.pass(1);
      assertThat(harness.feed()).containsExactly("s@10 2");
      harness.pass(SECOND);
      assertThat(harness.feed()).containsExactly("s@10 2", "t@20 1");
      harness.pass(HOUR);
      assertThat(harness.feed()).hasSize(2);
      harness.add("s", 30, true);
      harness.pass(SECOND);
      assertThat(harness.feed()).containsExactly("s@10 2", "t@20 1", "s@30 3");
      assertThat(harness.rows().get(2).sequence()).isGreaterThan(harness.rows().get(0).sequence());
    }
  }

  /** An event leaves the window at the first hop after its hour. */
  @Test
  void aWindowEmptiesWithoutANewEvent() throws Exception {
    try (LookupHarness harness = shops(null)) {
      harness.add("s", 10 * SECOND, true);
      harness.add("s", MINUTE + 10 * SECOND, true);
      harness.pass(SECOND);
      long leaves = harness.rows().get(0).asOfMillis();
      assertThat(harness.feed()).containsExactly("s@70000 2");
      harness.bothAt(HOUR - MINUTE);
      harness.pass(SECOND);
      assertThat(harness.feed()).hasSize(1);
      harness.bothAt(HOUR + MINUTE);
      harness.pass(SECOND);
      assertThat(harness.feed()).hasSize(2);
      assertThat(harness.feed().get(1)).isEqualTo("s@" + (HOUR + MINUTE) + " 1");
      assertThat(harness.rows().get(1).newestMillis()).isEqualTo(leaves);
    }
  }

  @Test
  void aTombstoneFollowsWhenNothingIsLeft() throws Exception {
    try (LookupHarness harness = shops(null)) {
      harness.add("closed", 0, true);
      harness.add("open", 0, true);
      harness.add("open", HOUR / 2, true);
      harness.pass(SECOND);
      harness.bothAt(HOUR_AND_HOP - 1);
      harness.pass(SECOND);
      assertThat(harness.feed()).noneMatch(row -> row.endsWith("gone"));
      harness.bothAt(HOUR_AND_HOP);
      harness.pass(SECOND);
      assertThat(harness.feed()).contains("closed@" + HOUR_AND_HOP + " gone");
      harness.add("open", HOUR_AND_HOP, true);
      assertThat(harness.last("count_1h")).isEqualTo(2L);

      harness.bothAt(3 * HOUR_AND_HOP);
      harness.pass(SECOND);
      assertThat(harness.feed().stream().filter(row -> row.endsWith("gone")))
          .containsExactly(
              "closed@" + HOUR_AND_HOP + " gone", "open@" + 2 * HOUR_AND_HOP + " gone");
      harness.flink.snapshot(1, 1);
      assertThat(harness.flink.numKeyedStateEntries()).isZero();
      assertThat(harness.flink.numEventTimeTimers()).isZero();
    }
  }

  /** The clock of the feed is the newest, the state is dropped by the questions' alone. */
  @Test
  void stateIsKeptForQuestionsThatAreBehind() throws Exception {
    long keep = 24 * HOUR + 24 * MINUTE;
    try (LookupHarness harness = LookupHarness.of("visitors")) {
      harness.event("s", 0, 7L);
      harness.eventsAt(2 * keep);
      harness.pass(SECOND);
      assertThat(harness.feed()).containsExactly("s@" + keep + " gone");
      harness.ask("s", HOUR);
      assertThat(harness.last("people_last_1d")).isEqualTo(7L);
      harness.questionsAt(keep);
      harness.flink.snapshot(1, 1);
      assertThat(harness.flink.numKeyedStateEntries()).isZero();
    }
  }

  /** The view's windows end after an hour, its rows are kept for 30 days. */
  @Test
  void keepsAnEntityForTheTtlOfItsView() throws Exception {
    try (LookupHarness harness = LookupHarness.of("card")) {
      harness.pay("c1", 0, 1.0, "s");
      harness.bothAt(2 * HOUR_AND_HOP);
      harness.pass(SECOND);
      assertThat(harness.feed()).noneMatch(row -> row.endsWith("gone"));
      harness.bothAt(TTL);
      harness.pass(SECOND);
      assertThat(harness.feed()).last().isEqualTo("c1@" + TTL + " gone");
    }
  }

  /** The vectors hold the newest features, so rows are only written when time changes them. */
  @Test
  void aViewThatVectorsFeedHasNoRowsForTheirEvents() throws Exception {
    try (LookupHarness harness = LookupHarness.of("card")) {
      harness.pay("c1", 0, 1.0, "s");
      harness.pay("c1", 1, 2.0, "s");
      harness.pass(SECOND);
      assertThat(harness.feed()).isEmpty();
      harness.pay("c1", 2 * MINUTE, 4.0, "s");
      harness.bothAt(2 * MINUTE);
      harness.pass(SECOND);
      assertThat(harness.feed()).as("the vector is as of the time").isEmpty();
      harness.bothAt(3 * MINUTE + 2 * SECOND);
      harness.pass(SECOND);
      assertThat(harness.feed()).containsExactly("c1@182000 0");
    }
  }

  /** Its vector is as of its own time, and the store keeps the newer one, which lacks it. */
  @Test
  void aViewThatVectorsFeedHasARowForAnEventOutOfOrder() throws Exception {
    try (LookupHarness harness = LookupHarness.of("card")) {
      harness.pay("c1", 1000, 1.0, "s");
      harness.pay("c1", 0, 2.0, "s");
      harness.pass(SECOND);
      assertThat(harness.feed()).containsExactly("c1@1000 2");
    }
  }

  @Test
  void aLateEventMakesARow() throws Exception {
    try (LookupHarness harness = LookupHarness.of("card")) {
      harness.pay("c1", 1000, 1.0, "s");
      harness.bothAt(2000);
      harness.event("c1", 0, 2.0, null, "s");
      harness.pass(SECOND);
      assertThat(harness.feed()).containsExactly("c1@2000 2");
    }
  }

  /** An entity of which only a late event is known: its vector must not stay forever. */
  @Test
  void aVectorAfterTheEndIsFollowedByATombstone() throws Exception {
    try (LookupHarness harness = LookupHarness.of("card")) {
      harness.bothAt(TTL + 10 * HOUR);
      harness.pay("c1", 0, 1.0, "s");
      harness.bothAt(TTL + 10 * HOUR + 1);
      harness.pass(SECOND);
      assertThat(harness.feed()).containsExactly("c1@" + TTL + " gone");
      harness.flink.snapshot(1, 1);
      assertThat(harness.flink.numKeyedStateEntries()).isZero();
    }
  }

  /** Rows are ordered by (as_of, sequence), before and after a crash. */
  @Test
  void rowsThatWaitSurviveACheckpointAndSequencesGoOn() throws Exception {
    try (LookupHarness first = shops(null)) {
      first.add("s", 0, true);
      first.pass(SECOND);
      first.add("s", 10, true);
      OperatorSubtaskState checkpoint = first.flink.snapshot(1, 1);
      first.add("s", 20, true);
      first.pass(SECOND);
      assertThat(first.feed()).containsExactly("s@0 1", "s@20 3");
      try (LookupHarness second = shops(checkpoint)) {
        second.pass(5 * SECOND);
        assertThat(second.feed()).containsExactly("s@10 2");
        second.add("s", 20, true);
        second.pass(SECOND);
        List<FeedRow> rows = second.rows();
        assertThat(second.feed()).containsExactly("s@10 2", "s@20 3");
        assertThat(rows.get(1).sequence()).isGreaterThan(first.rows().get(1).sequence());
        second.flink.snapshot(2, 2);
        assertThat(second.flink.numKeyedStateEntries()).isEqualTo(1);
      }
    }
  }

  @Test
  void writesTheTombstoneAgainAfterARestart() throws Exception {
    try (LookupHarness first = shops(null)) {
      first.add("s", 0, true);
      OperatorSubtaskState checkpoint = first.flink.snapshot(1, 1);
      try (LookupHarness second = shops(checkpoint)) {
        second.bothAt(HOUR_AND_HOP);
        assertThat(second.feed()).containsExactly("s@" + HOUR_AND_HOP + " gone");
      }
    }
  }

  /** An event two years ahead: as_of never goes back, and its entity ends after it. */
  @Test
  void oneEventFarAheadDoesNotChangeOtherAnswers() throws Exception {
    long ahead = 730 * 24 * HOUR;
    try (LookupHarness harness = shops(null)) {
      harness.add("s", 0, true);
      harness.add("s", ahead, true);
      assertThat(harness.last("count_1h")).isEqualTo(1L);
      harness.bothAt(1000);
      harness.add("s", 2000, true);
      assertThat(harness.last("count_1h")).isEqualTo(2L);
      harness.bothAt(2000 + HOUR_AND_HOP);
      harness.pass(SECOND);
      assertThat(harness.feed()).containsExactly("s@" + ahead + " 1");
    }
  }
}
