package dev.millrace.drift.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.labels.Label;
import dev.millrace.drift.labels.LabelEvent;
import java.time.Duration;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LabelWatermarkOperatorTest {
  private static final long IDLE = 5_000;
  private static final long LATENESS = 100;

  @Test
  void usesTheSlowestPartitionWhileAllHaveEvents() throws Exception {
    try (Clock clock = new Clock(null)) {
      clock.event(0, 9_000).event(1, 3_000).pass(IDLE - 1);
      assertThat(clock.watermarks()).isEmpty();

      clock.event(0, 9_500).event(1, 4_000).pass(200);
      assertThat(clock.watermarks()).containsExactly(4_000 - LATENESS - 1);
    }
  }

  @Test
  void leavesOutASilentPartitionNearTheOthers() throws Exception {
    try (Clock clock = new Clock(null)) {
      clock.event(1, 9_000 - LATENESS + 1).event(0, 8_000).pass(IDLE - 1).event(0, 9_000).pass(1);

      assertThat(clock.watermarks()).containsExactly(9_000 - LATENESS - 1);
    }
  }

  /** When the source is read from its beginning, the partition's labels are still to be read. */
  @Test
  void leavesOutASilentPartitionFarBehindTheOthersOnlyAfterMinutes() throws Exception {
    try (Clock clock = new Clock(null)) {
      clock.event(1, 3_000);
      for (int second = 0; second < 119; second++) {
        clock.event(0, 8_000 + second).pass(1_000);
      }
      assertThat(clock.watermarks()).containsExactly(3_000 - LATENESS - 1);

      clock.event(0, 9_000).pass(1_000);
      assertThat(clock.watermarks()).containsExactly(3_000 - LATENESS - 1, 9_000 - LATENESS - 1);
    }
  }

  /** After an outage labels are late by the wall clock, but not by the source's clock. */
  @Test
  void leavesOutNoPartitionAfterAnOutageOfAll() throws Exception {
    try (Clock clock = new Clock(null)) {
      clock.event(0, 1_000).event(1, 1_000).pass(60_000);
      clock.event(0, 50_000).pass(2_000).event(1, 2_000).pass(IDLE - 2_000);

      assertThat(clock.watermarks()).containsExactly(1_000 - LATENESS - 1, 2_000 - LATENESS - 1);
    }
  }

  /** Backpressure, for example, delays the events of all partitions. */
  @Test
  void leavesOutNoPartitionAfterADelayOfTheTask() throws Exception {
    try (Clock clock = new Clock(null)) {
      clock.event(0, 1_000).event(1, 1_000).pass(IDLE - 200).event(0, 50_000);
      clock.heldUp(4_000).event(0, 60_000).pass(2_000).event(1, 2_000).pass(IDLE - 2_000);

      assertThat(clock.watermarks()).containsExactly(2_000 - LATENESS - 1);
    }
  }

  @Test
  void movesToTheNewestAndStopsWhenAllAreSilent() throws Exception {
    try (Clock clock = new Clock(null)) {
      clock.event(0, 9_000).event(1, 3_000);
      assertThat(clock.isIdle()).isFalse();

      clock.pass(IDLE).pass(3_600_000);
      assertThat(clock.watermarks()).containsExactly(9_000 - LATENESS - 1);
      assertThat(clock.isIdle()).isTrue();
    }
  }

  @Test
  void oneLabelOfASparseSourceMovesTheClock() throws Exception {
    try (Clock clock = new Clock(null)) {
      clock.event(0, 1_000).pass(3_600_000).event(3, 3_601_000).pass(IDLE);

      assertThat(clock.watermarks())
          .containsExactly(1_000 - LATENESS - 1, 3_601_000 - LATENESS - 1);
    }
  }

  @Test
  void lateLabelsPassAndDoNotMoveTheClock() throws Exception {
    try (Clock clock = new Clock(null)) {
      clock.event(0, Long.MIN_VALUE).pass(2 * IDLE);

      assertThat(clock.harness.extractOutputValues()).hasSize(1);
      assertThat(clock.watermarks()).isEmpty();
    }
  }

  @Test
  void restoresTheClockAfterARestart() throws Exception {
    OperatorSubtaskState snapshot;
    try (Clock before = new Clock(null)) {
      before.event(0, 9_000).pass(IDLE);
      snapshot = before.harness.snapshot(1, 1);
    }
    try (Clock after = new Clock(snapshot)) {
      assertThat(after.watermarks()).containsExactly(9_000 - LATENESS - 1);
    }
  }

  @Test
  void aSourceWithoutEventsIsIdleOnlyAfterTheTimeout() throws Exception {
    try (Clock clock = new Clock(null)) {
      clock.pass(IDLE - 1);
      assertThat(clock.isIdle()).isFalse();

      clock.pass(1);
      assertThat(clock.isIdle()).isTrue();
      assertThat(clock.watermarks()).isEmpty();
    }
  }

  /** Without events after the restart, predictions still mature by the newest label. */
  @Test
  void restoresTheClocksOfPartitionsAfterARestart() throws Exception {
    OperatorSubtaskState snapshot;
    try (Clock before = new Clock(null)) {
      before.event(0, 9_000).event(1, 3_000).pass(IDLE - 1).event(0, 9_000).event(1, 3_000).pass(1);
      assertThat(before.watermarks()).containsExactly(3_000 - LATENESS - 1);
      snapshot = before.harness.snapshot(1, 1);
    }
    try (Clock after = new Clock(snapshot)) {
      after.event(1, 4_000).pass(IDLE);
      assertThat(after.watermarks()).containsExactly(3_000 - LATENESS - 1, 9_000 - LATENESS - 1);
    }
  }

  /** The operator in a test harness whose wall clock the test moves. */
  private static final class Clock implements AutoCloseable {
    private final OneInputStreamOperatorTestHarness<LabelEvent, Label> harness;
    private long nowMillis;

    Clock(@Nullable OperatorSubtaskState state) throws Exception {
      harness =
          new OneInputStreamOperatorTestHarness<>(
              new LabelWatermarkOperator(Duration.ofMillis(LATENESS), Duration.ofMillis(IDLE)));
      harness.setup();
      if (state != null) {
        harness.initializeState(state);
      }
      harness.open();
    }

    Clock event(int arrival, long clockMillis) throws Exception {
      LabelEvent event = new LabelEvent(new Label("a", 1, 0), arrival, clockMillis);
      harness.processElement(new StreamRecord<>(event));
      return this;
    }

    Clock pass(long millis) throws Exception {
      long until = nowMillis + millis;
      while (nowMillis < until) {
        nowMillis = Math.min(until, nowMillis + 200);
        harness.setProcessingTime(nowMillis);
      }
      return this;
    }

    /** Time passes without a tick. */
    Clock heldUp(long millis) throws Exception {
      nowMillis += millis;
      harness.setProcessingTime(nowMillis);
      return this;
    }

    List<Long> watermarks() {
      return harness.getOutput().stream()
          .filter(Watermark.class::isInstance)
          .map(watermark -> ((Watermark) watermark).getTimestamp())
          .toList();
    }

    boolean isIdle() {
      return harness.getOutput().stream()
          .filter(WatermarkStatus.class::isInstance)
          .reduce((before, last) -> last)
          .map(status -> ((WatermarkStatus) status).isIdle())
          .orElse(false);
    }

    @Override
    public void close() {
      try {
        harness.close();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
  }
}
