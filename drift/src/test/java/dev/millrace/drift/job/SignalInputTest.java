package dev.millrace.drift.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.Shop;
import dev.millrace.drift.policy.LabelCount;
import dev.millrace.drift.policy.SignalMark;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SignalInputTest {
  private static final long START = 1_000_000;
  private static final long LATENESS = 500;
  private static final LabelCount LABELS = new LabelCount(Shop.VERSION, 0, 999, 7);

  private final OneInputStreamOperatorTestHarness<LabelCount, MonitorInput> harness;

  SignalInputTest() throws Exception {
    harness =
        new OneInputStreamOperatorTestHarness<>(
            new SignalInput<LabelCount>("labels", LATENESS, MonitorInput::of));
  }

  @BeforeEach
  void open() throws Exception {
    harness.setup(
        TypeInformation.of(MonitorInput.class).createSerializer(new SerializerConfigImpl()));
    harness.setProcessingTime(START);
    harness.open();
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  private static SignalMark moved(long watermarkMillis) {
    return new SignalMark("labels", watermarkMillis + LATENESS, false);
  }

  private static SignalMark idle(long watermarkMillis) {
    return new SignalMark("labels", watermarkMillis + LATENESS, true);
  }

  private List<SignalMark> marks() {
    return harness.extractOutputValues().stream()
        .map(MonitorInput::mark)
        .filter(Objects::nonNull)
        .toList();
  }

  /** Second by second: a timer that a callback sets is counted from the time that was set. */
  private void atSeconds(int seconds) throws Exception {
    for (long millis = harness.getProcessingTime(); millis <= START + 1_000L * seconds; ) {
      harness.setProcessingTime(millis);
      millis += 1_000;
    }
  }

  @Test
  void aWatermarkThatDoesNotMoveForThirtySecondsIsNotWaitedFor() throws Exception {
    atSeconds(10);
    harness.processWatermark(700);
    atSeconds(39);
    assertThat(marks()).containsExactly(moved(700));

    atSeconds(40);
    assertThat(marks()).containsExactly(moved(700), idle(700));

    atSeconds(200);
    assertThat(marks()).as("sent once").hasSize(2);
  }

  @Test
  void anInputThatNeverMovesIsNotWaitedFor() throws Exception {
    atSeconds(29);
    assertThat(marks()).isEmpty();

    atSeconds(30);
    assertThat(marks()).containsExactly(new SignalMark("labels", Long.MIN_VALUE, true));
  }

  @Test
  void isWaitedForAgainWhenItMoves() throws Exception {
    harness.processWatermark(700);
    atSeconds(30);
    harness.processWatermark(900);
    atSeconds(59);
    assertThat(marks()).containsExactly(moved(700), idle(700), moved(900));

    atSeconds(60);
    assertThat(marks()).last().isEqualTo(idle(900));
  }

  /** Records alone are no progress of the input. */
  @Test
  void recordsDoNotProlongTheWait() throws Exception {
    harness.processWatermark(700);
    atSeconds(29);
    harness.processElement(new StreamRecord<>(LABELS));
    atSeconds(30);

    assertThat(marks()).containsExactly(moved(700), idle(700));
    assertThat(harness.extractOutputValues()).contains(MonitorInput.of(LABELS));
  }

  @Test
  void anIdleInputIsNotWaitedForFromThenOn() throws Exception {
    harness.processWatermark(700);
    harness.processWatermarkStatus(WatermarkStatus.IDLE);
    assertThat(marks()).containsExactly(moved(700), idle(700));

    harness.processWatermarkStatus(WatermarkStatus.ACTIVE);
    assertThat(marks()).last().isEqualTo(moved(700));
  }

  /** The clock of the monitor is that of predictions. */
  @Test
  void sendsNoWatermarks() throws Exception {
    harness.processWatermark(700);
    harness.processWatermark(Watermark.MAX_WATERMARK);

    assertThat(harness.getOutput())
        .startsWith(WatermarkStatus.IDLE)
        .doesNotHaveAnyElementsOfTypes(Watermark.class);
    assertThat(marks()).last().isEqualTo(new SignalMark("labels", Long.MAX_VALUE, false));
  }
}
