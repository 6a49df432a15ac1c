package dev.millrace.features.operator;

import static dev.millrace.features.operator.LookupHarness.HOUR;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.features.Cards;
import dev.millrace.features.source.Question;
import dev.millrace.features.source.QuestionSerializer;
import dev.millrace.features.source.ViewEvent;
import dev.millrace.features.view.Backfill;
import dev.millrace.features.view.GenerationPlan;
import dev.millrace.features.view.LookupUse;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.streaming.api.operators.SimpleOperatorFactory;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedMultiInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Far more entities wait for their row than are kept in memory; the rest are timers. */
@SuppressWarnings("try") // The harness may be interrupted when it is closed.
class WaitingRowsTest {
  private static final int ENTITIES = 3 * Feed.MOST_WAITING + 1;
  private static final long SECOND = 1000;

  /** A slice is enough for the entities that may be in memory. */
  private static final Pace PACE =
      new Pace(EntityCache.DEFAULT_BYTES, Duration.ofSeconds(1), Duration.ofSeconds(1), 64);

  private static LookupHarness visitors(@Nullable OperatorSubtaskState state) throws Exception {
    return LookupHarness.sliced(
        Cards.PIPELINE, "visitors", new HashMapStateBackend(), state, SECOND);
  }

  @Test
  void eachOfManyEntitiesHasARowAfterAnEvent() throws Exception {
    try (LookupHarness harness = visitors(null)) {
      addAll(harness, 0);
      assertRows(harness);

      addAll(harness, 10);
      assertRows(harness);
      harness.pass(10 * SECOND);
      assertThat(harness.rows()).as("no row without a change").hasSize(2 * ENTITIES);
    }
  }

  @Test
  void eachOfManyEntitiesHasATombstoneAfterTheSameHop() throws Exception {
    try (LookupHarness harness = visitors(null)) {
      addAll(harness, 0);
      assertRows(harness);
      harness.eventsAt(24 * HOUR + 24 * LookupHarness.MINUTE);
      assertThat(harness.waitingRows()).isEqualTo(Feed.MOST_WAITING);
      assertRows(harness);
      assertThat(harness.rows().stream().filter(FeedRow::isTombstone)).hasSize(ENTITIES);
    }
  }

  /**
   * Entities in memory and timers are in the checkpoint; after it no event and no progress comes.
   */
  @Test
  void allOfThemSurviveACheckpoint() throws Exception {
    try (LookupHarness first = visitors(null)) {
      addAll(first, 0);
      OperatorSubtaskState checkpoint = first.flink.snapshot(1, 1);
      try (LookupHarness second = visitors(checkpoint)) {
        assertRows(second);
      }
    }
  }

  @Test
  void eachOfManyEntitiesHasARowAfterABackfill() throws Exception {
    var plan =
        new GenerationPlan(
            List.of("shop", "card", "visitors"),
            Map.of("visitors", new Backfill(List.of(9L), null)));
    LookupUse use =
        LookupUse.of(Cards.PIPELINE, plan).stream()
            .filter(each -> each.lookup().name().equals("visitors"))
            .findFirst()
            .orElseThrow();
    var operator = new BackfilledLookupOperator(Cards.PIPELINE, use, PACE);
    try (var flink =
        new KeyedMultiInputStreamOperatorTestHarness<String, Question>(
            SimpleOperatorFactory.of(operator), Types.STRING)) {
      flink.setup(QuestionSerializer.TYPE.createSerializer(new SerializerConfigImpl()));
      flink.open();
      flink.processWatermark(0, new Watermark(HOUR));
      flink.processWatermark(1, new Watermark(HOUR));
      for (int i = 0; i < ENTITIES; i++) {
        ViewEvent event = new ViewEvent(use.index(), "entity-" + i, 0, i, new Object[] {7L});
        flink.processElement(2, new StreamRecord<>(event, 0));
      }
      flink.processWatermark(2, Watermark.MAX_WATERMARK);
      assertThat(operator.waitingRows()).isEqualTo(Feed.MOST_WAITING);
      long nowMillis = 0;
      Set<String> entities = new HashSet<>();
      while (entities.size() < ENTITIES) {
        assertThat(operator.waitingRows()).isLessThanOrEqualTo(Feed.MOST_WAITING);
        nowMillis += SECOND;
        flink.setProcessingTime(nowMillis);
        var rows = flink.getSideOutput(LookupOperator.FEED);
        rows.forEach(row -> assertThat(entities.add(row.getValue().entity())).isTrue());
        rows.clear();
      }
    }
  }

  private static void addAll(LookupHarness harness, long time) throws Exception {
    for (int i = 0; i < ENTITIES; i++) {
      harness.event("entity-" + i, time, 7L);
      assertThat(harness.waitingRows()).isLessThanOrEqualTo(Feed.MOST_WAITING);
    }
    assertThat(harness.waitingRows()).isEqualTo(Feed.MOST_WAITING);
  }

  /** Wall-clock time passes until each entity has one row more. */
  private static void assertRows(LookupHarness harness) throws Exception {
    int before = harness.rows().size();
    while (harness.rows().size() < before + ENTITIES) {
      assertThat(harness.waitingRows()).isLessThanOrEqualTo(Feed.MOST_WAITING);
      harness.pass(SECOND);
    }
    List<FeedRow> rows = harness.rows();
    assertThat(rows.subList(before, rows.size()).stream().map(FeedRow::entity).distinct())
        .hasSize(ENTITIES);
  }
}
