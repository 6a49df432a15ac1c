package dev.millrace.features.operator;

import static dev.millrace.features.operator.OperatorHarness.HOUR;
import static dev.millrace.features.operator.OperatorHarness.SHOP;
import static dev.millrace.features.operator.OperatorHarness.START;
import static dev.millrace.features.operator.OperatorHarness.feature;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Dropping the state of an entity, and the tombstone after its rows. */
class EntityExpiryTest {
  private static final long HOUR_AND_HOP = HOUR + HOUR / 60;
  private static final long TTL = 30 * 24 * HOUR;

  private static OperatorHarness shops(@Nullable OperatorSubtaskState state) throws Exception {
    return new OperatorHarness(SHOP, new HashMapStateBackend(), state, EntityCache.DEFAULT_BYTES);
  }

  @Test
  void writesATombstoneWhenNoWindowContainsAnEventOfTheEntity() throws Exception {
    try (OperatorHarness harness = shops(null)) {
      harness.add("closed", 0, 1, false, true);
      harness.add("open", 0, 2, false, true);
      harness.add("open", HOUR / 2, 3, false, true);
      harness.flink.snapshot(1, 1);
      assertThat(harness.flink.numKeyedStateEntries()).isEqualTo(2);

      harness.flink.processWatermark(START + HOUR_AND_HOP - 1);
      assertThat(harness.tombstones()).isEmpty();
      harness.flink.processWatermark(START + HOUR_AND_HOP);
      assertThat(harness.tombstones()).containsExactly("closed@" + HOUR_AND_HOP);
      assertThat(harness.flink.numKeyedStateEntries()).isEqualTo(1);
      assertThat(harness.flink.numEventTimeTimers()).isEqualTo(1);
      harness.add("open", HOUR_AND_HOP, 4, false, true);
      assertThat(feature(harness.lastRow(), "count_1h")).isEqualTo(2L);

      harness.flink.processWatermark(START + 2 * HOUR_AND_HOP);
      assertThat(harness.tombstones())
          .containsExactly("closed@" + HOUR_AND_HOP, "open@" + 2 * HOUR_AND_HOP);
      harness.flink.snapshot(2, 2);
      assertThat(harness.flink.numKeyedStateEntries()).isZero();
      assertThat(harness.flink.numEventTimeTimers()).isZero();
    }
  }

  /** The view's windows end after an hour, its rows are kept for 30 days. */
  @Test
  void keepsAnEntityForTheTtlOfItsView() throws Exception {
    try (OperatorHarness harness = new OperatorHarness(new HashMapStateBackend(), null)) {
      harness.pay("c1", 0, 1, 1.0, "s");
      harness.flink.processWatermark(START + 2 * HOUR_AND_HOP);
      harness.flink.snapshot(1, 1);
      assertThat(harness.tombstones()).isEmpty();
      harness.flink.processWatermark(START + TTL);
      assertThat(harness.tombstones()).containsExactly("c1@" + TTL);
      assertThat(harness.flink.numKeyedStateEntries()).isZero();
      assertThat(harness.flink.numEventTimeTimers()).isZero();
    }
  }

  /** An event whose values are all null makes no tile, but a row, which a tombstone must follow. */
  @Test
  void aRowWithoutValuesIsFollowedByATombstone() throws Exception {
    try (OperatorHarness harness = shops(null)) {
      harness.add("s", 0, 1, false, new @Nullable Object[] {null});
      harness.flink.processWatermark(START + HOUR_AND_HOP);
      assertThat(harness.tombstones()).containsExactly("s@" + HOUR_AND_HOP);
    }
  }

  /** The rows and the tombstone after the checkpoint are written again, in this order. */
  @Test
  void writesTheTombstoneAgainAfterARestart() throws Exception {
    try (OperatorHarness first = shops(null)) {
      first.add("s", 0, 1, false, true);
      OperatorSubtaskState checkpoint = first.flink.snapshot(1, 1);
      first.add("s", 1000, 2, false, true);
      first.flink.processWatermark(START + 1000 + HOUR_AND_HOP);
      List<String> lost = first.tombstones();
      try (OperatorHarness second = shops(checkpoint)) {
        second.add("s", 1000, 2, false, true);
        second.flink.processWatermark(START + 1000 + HOUR_AND_HOP);
        assertThat(second.rows()).isEqualTo(first.rows().subList(1, 2));
        assertThat(second.tombstones())
            .isEqualTo(lost)
            .containsExactly("s@" + (1000 + HOUR_AND_HOP));
      }
    }
  }

  /** Its entity expired long ago. */
  @Test
  void aVeryLateEventMakesARowAndATombstoneAndLeavesNoState() throws Exception {
    try (OperatorHarness harness = shops(null)) {
      harness.flink.processWatermark(START + 10 * HOUR);
      harness.add("s", 0, 1, true, true);
      assertThat(feature(harness.lastRow(), "count_1h")).isEqualTo(1L);
      harness.flink.processWatermark(START + 10 * HOUR + 1);
      assertThat(harness.tombstones()).containsExactly("s@" + HOUR_AND_HOP);
      harness.flink.snapshot(1, 1);
      assertThat(harness.flink.numKeyedStateEntries()).isZero();
    }
  }

  /** The time is counted from the entity's newest event, not from the last one read. */
  @Test
  void aLateEventDoesNotExpireItsEntity() throws Exception {
    try (OperatorHarness harness = shops(null)) {
      harness.flink.processWatermark(START + 10 * HOUR);
      harness.add("s", 10 * HOUR, 1, false, true);
      harness.add("s", 0, 2, true, true);
      harness.flink.processWatermark(START + 10 * HOUR + 1);
      assertThat(harness.tombstones()).isEmpty();
      assertThat(harness.flink.extractOutputValues())
          .extracting(FeatureRow::late)
          .containsExactly(false, true);
    }
  }

  /** The event's own row is as of its own time. */
  @Test
  void oneEventFarAheadDoesNotChangeOtherRows() throws Exception {
    long ahead = 730 * 24 * HOUR;
    try (OperatorHarness harness = shops(null)) {
      harness.add("s", 0, 1, false, true);
      harness.add("s", ahead, 2, false, true);
      assertThat(feature(harness.lastRow(), "count_1h")).isEqualTo(1L);
      harness.flink.processWatermark(START + 1000);
      harness.add("s", 2000, 3, false, true);
      assertThat(feature(harness.lastRow(), "count_1h")).isEqualTo(2L);
      harness.flink.processWatermark(START + 2000 + HOUR_AND_HOP);
      assertThat(harness.tombstones()).isEmpty();
      harness.flink.processWatermark(START + ahead + HOUR_AND_HOP);
      assertThat(harness.tombstones()).containsExactly("s@" + (ahead + HOUR_AND_HOP));
    }
  }
}
