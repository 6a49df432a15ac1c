package dev.millrace.drift.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.topics.Progress;
import java.util.List;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamElement;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CommonIdlenessTest {
  private static final long START = 1_000_000;

  private OneInputStreamOperatorTestHarness<IncomingRecord, IncomingRecord> harness;

  CommonIdlenessTest() throws Exception {
    harness = new OneInputStreamOperatorTestHarness<>(new CommonIdleness());
  }

  @BeforeEach
  void open() throws Exception {
    harness.setProcessingTime(START);
    harness.open();
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @Test
  void isIdleWhenAllPartitionsAreAndTheirLastWatermarkHasCome() throws Exception {
    progress(0, 500, true, 0);
    progress(1, 700, true, 0);
    assertThat(statuses()).isEmpty();
    harness.processWatermark(new Watermark(499));
    assertThat(statuses()).containsExactly(WatermarkStatus.IDLE);
    assertThat(harness.getOutput()).last().isEqualTo(WatermarkStatus.IDLE);
  }

  @Test
  void isActiveAgainBeforeTheNextRecord() throws Exception {
    progress(0, 500, true, 0);
    harness.processWatermark(new Watermark(499));
    progress(0, 500, false, 1);
    assertThat(statuses()).containsExactly(WatermarkStatus.IDLE, WatermarkStatus.ACTIVE);
    assertThat(harness.getOutput()).last().isInstanceOf(StreamRecord.class);
  }

  /** One writer is down after a silence, the others go on. */
  @Test
  void aPartitionThatIsIdleAloneIsNotLeftOut() throws Exception {
    progress(0, 500, true, 0);
    progress(1, 500, true, 0);
    harness.processWatermark(new Watermark(499));
    progress(0, 900, false, 1);
    assertThat(statuses()).containsExactly(WatermarkStatus.IDLE, WatermarkStatus.ACTIVE);
  }

  @Test
  void isActiveWhenAWriterDoesNotRepeatItsProgress() throws Exception {
    progress(0, 500, true, 0);
    progress(1, 500, true, 0);
    harness.processWatermark(new Watermark(499));
    harness.setProcessingTime(START + 20_000);
    progress(0, 500, true, 2);
    assertThat(statuses()).containsExactly(WatermarkStatus.IDLE);
    harness.setProcessingTime(START + CommonIdleness.VALID.toMillis() + 2_000);
    assertThat(statuses()).containsExactly(WatermarkStatus.IDLE, WatermarkStatus.ACTIVE);
    progress(1, 500, true, 3);
    assertThat(statuses()).hasSize(3).last().isEqualTo(WatermarkStatus.IDLE);
  }

  @Test
  void anOldStatementDoesNotCount() throws Exception {
    harness.setProcessingTime(START + 3_600_000);
    harness.processElement(
        new StreamRecord<>(IncomingRecord.of(new Progress(0, 1, 500, true, START), 0, 0)));
    harness.processWatermark(new Watermark(499));
    assertThat(statuses()).isEmpty();
  }

  @Test
  void isIdleWithoutAnyEvent() throws Exception {
    progress(0, Progress.NONE, true, 0);
    assertThat(statuses()).containsExactly(WatermarkStatus.IDLE);
  }

  private void progress(int partition, long millis, boolean idle, long offset) throws Exception {
    Progress progress = new Progress(0, 1, millis, idle, harness.getProcessingTime());
    harness.processElement(new StreamRecord<>(IncomingRecord.of(progress, partition, offset)));
  }

  private List<StreamElement> statuses() {
    return harness.getOutput().stream()
        .filter(WatermarkStatus.class::isInstance)
        .map(StreamElement.class::cast)
        .toList();
  }
}
