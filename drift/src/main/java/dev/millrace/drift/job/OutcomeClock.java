package dev.millrace.drift.job;

import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * Follows the label join in its task: gives each outcome its partition, and before each checkpoint
 * tells every partition how far the task is. The progress is a record among the outcomes, not a
 * watermark: Flink leaves out the watermarks of tasks that are idle, and a task that is not idle
 * any more may have outcomes before its watermark is taken into account again.
 */
final class OutcomeClock extends AbstractStreamOperator<OutcomeRecord>
    implements OneInputStreamOperator<GenericRecord, OutcomeRecord> {
  private static final long serialVersionUID = 1L;

  private final int partitions;
  private transient long passedMillis;
  private transient boolean idle;

  /**
   * @param partitions of the outcomes topic
   */
  OutcomeClock(int partitions) {
    this.partitions = partitions;
  }

  @Override
  public void open() throws Exception {
    super.open();
    passedMillis = Long.MIN_VALUE;
  }

  @Override
  public void processElement(StreamRecord<GenericRecord> element) {
    output.collect(new StreamRecord<>(OutcomeRecord.of(element.getValue(), partitions)));
  }

  @Override
  public void processWatermark(Watermark watermark) {
    passedMillis = watermark.getTimestamp();
  }

  @Override
  public void processWatermarkStatus(WatermarkStatus status) {
    idle = status.isIdle();
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    TaskInfo task = getRuntimeContext().getTaskInfo();
    for (int partition = 0; partition < partitions; partition++) {
      output.collect(
          new StreamRecord<>(
              new OutcomeRecord(
                  null,
                  partition,
                  task.getIndexOfThisSubtask(),
                  task.getNumberOfParallelSubtasks(),
                  passedMillis,
                  idle)));
    }
  }
}
