package dev.millrace.features.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.topics.Progress;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Flink's source sends IDLE here, and ACTIVE only with a larger watermark, which does not come. */
class StatusBeforeRecordsTest {
  private static final long WHILE = StatusBeforeRecords.CHECK_MILLIS;

  private final OneInputStreamOperatorTestHarness<IncomingRecord, IncomingRecord> flink;

  StatusBeforeRecordsTest() throws Exception {
    flink = new OneInputStreamOperatorTestHarness<>(new StatusBeforeRecords());
  }

  @BeforeEach
  void open() throws Exception {
    flink.open();
    progress(0, 500, true);
    progress(1, 700, true);
    flink.processWatermarkStatus(WatermarkStatus.IDLE);
    pass(10 * WHILE);
    assertThat(output()).containsExactly("record", "record", "IDLE");
    flink.getOutput().clear();
  }

  @AfterEach
  void close() throws Exception {
    flink.close();
  }

  @Test
  void isActiveBeforeTheFirstRecordAfterASilence() throws Exception {
    progress(0, 500, false);
    pass(10 * WHILE);
    assertThat(output()).containsExactly("ACTIVE", "record");
  }

  /** The time of an event clock moves only with its third event. */
  @Test
  void isIdleAgainAfterASilenceWithoutProgress() throws Exception {
    progress(0, 500, false);
    pass(10 * WHILE);
    progress(0, 500, true);
    pass(WHILE);
    progress(1, 700, false);
    assertThat(output()).containsExactly("ACTIVE", "record", "record", "IDLE", "ACTIVE", "record");
  }

  /** Another partition is ahead, so Flink's source has no larger watermark. */
  @Test
  void isIdleAgainAfterProgressThatIsNoWatermark() throws Exception {
    progress(0, 600, false);
    progress(0, 600, true);
    pass(WHILE);
    pass(WHILE);
    assertThat(output()).containsExactly("ACTIVE", "record", "record", "IDLE");
  }

  /** The watermark of progress that was read at once comes before the status. */
  @Test
  void isNotIdleBeforeItsWatermarkMayHaveCome() throws Exception {
    progress(1, 700, false);
    pass(WHILE - 1);
    progress(1, 900, true);
    pass(1);
    assertThat(output()).containsExactly("ACTIVE", "record", "record");
    pass(WHILE);
    assertThat(output()).last().isEqualTo("IDLE");
  }

  @Test
  void followsTheStatusOfTheSource() throws Exception {
    progress(0, 800, false);
    flink.processWatermarkStatus(WatermarkStatus.ACTIVE);
    progress(0, 800, true);
    pass(10 * WHILE);
    assertThat(output()).containsExactly("ACTIVE", "record", "record");
    flink.processWatermarkStatus(WatermarkStatus.IDLE);
    assertThat(output()).last().isEqualTo("IDLE");
    flink.processWatermarkStatus(WatermarkStatus.ACTIVE);
    assertThat(output()).last().isEqualTo("ACTIVE");
  }

  private void progress(int partition, long millis, boolean idle) throws Exception {
    flink.processElement(
        new StreamRecord<>(IncomingRecord.of(Progress.ofOne(millis, idle, 0), partition, 0)));
  }

  private void pass(long millis) throws Exception {
    flink.setProcessingTime(flink.getProcessingTime() + millis);
  }

  private List<String> output() {
    List<String> output = new ArrayList<>();
    for (Object each : flink.getOutput()) {
      if (each instanceof WatermarkStatus status) {
        output.add(status.isIdle() ? "IDLE" : "ACTIVE");
      } else {
        output.add("record");
      }
    }
    return output;
  }
}
