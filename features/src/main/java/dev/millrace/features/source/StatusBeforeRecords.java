package dev.millrace.features.source;

import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.flink.source.ProgressWatermarks;
import dev.millrace.schemas.topics.Progress;
import dev.millrace.schemas.topics.ProgressTracker;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.operators.ProcessingTimeService.ProcessingTimeCallback;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * Sends the status of a source with {@link ProgressWatermarks#strategy} before the records that it
 * is about: a source is active from the first progress record on that says so. Flink's source sends
 * ACTIVE only with a larger watermark (WatermarkOutputMultiplexer of Flink 2.2.1), and looks for
 * one every 200 ms. So the first records after a silence would come while the source is idle, and
 * all of them until its progress moves.
 */
@SuppressWarnings("NullAway.Init") // Flink opens an operator before it calls anything else
public final class StatusBeforeRecords extends AbstractStreamOperator<IncomingRecord>
    implements OneInputStreamOperator<IncomingRecord, IncomingRecord>, ProcessingTimeCallback {
  private static final long serialVersionUID = 1L;

  /** In that time Flink's source sends the watermark of the progress before it, if it is larger. */
  static final long CHECK_MILLIS = 1_000;

  private transient Map<Integer, ProgressTracker> partitions;

  /** The status of Flink's source. */
  private transient boolean sourceIdle;

  /** The status that was sent. */
  private transient boolean idle;

  /** Whether progress has moved since the last check. */
  private transient boolean moved;

  private transient boolean checking;

  StatusBeforeRecords() {}

  /**
   * Adds the operator to a source.
   *
   * @param name its name and uid
   */
  public static SingleOutputStreamOperator<IncomingRecord> of(
      DataStream<IncomingRecord> source, String name) {
    return source
        .transform(name, source.getType(), new StatusBeforeRecords())
        .uid(name)
        .setParallelism(source.getParallelism());
  }

  @Override
  public void open() throws Exception {
    super.open();
    partitions = new HashMap<>();
  }

  @Override
  public void processElement(StreamRecord<IncomingRecord> element) {
    IncomingRecord record = element.getValue();
    if (record.progress() != null) {
      take(record.partition(), record.progress());
    }
    output.collect(element);
  }

  private void take(int partition, Progress progress) {
    ProgressTracker tracker =
        partitions.computeIfAbsent(partition, unused -> new ProgressTracker());
    long beforeMillis = tracker.timeMillis();
    tracker.take(progress);
    moved |= tracker.timeMillis() != beforeMillis;
    if (idle && !allIdle()) {
      send(false);
      checkLater();
    }
  }

  private boolean allIdle() {
    return partitions.values().stream().allMatch(ProgressTracker::idle);
  }

  @Override
  public void processWatermarkStatus(WatermarkStatus status) throws Exception {
    sourceIdle = status.isIdle();
    if (idle != sourceIdle) {
      send(sourceIdle);
    }
  }

  /** The source may be idle again without a status of Flink's source, which has not changed. */
  @Override
  public void onProcessingTime(long timeMillis) {
    checking = false;
    if (!sourceIdle || idle) {
      return;
    }
    if (allIdle() && !moved) {
      send(true);
    } else {
      moved = false;
      checkLater();
    }
  }

  private void checkLater() {
    if (!checking) {
      checking = true;
      long nowMillis = getProcessingTimeService().getCurrentProcessingTime();
      var unused = getProcessingTimeService().registerTimer(nowMillis + CHECK_MILLIS, this);
    }
  }

  private void send(boolean nowIdle) {
    idle = nowIdle;
    output.emitWatermarkStatus(nowIdle ? WatermarkStatus.IDLE : WatermarkStatus.ACTIVE);
  }
}
