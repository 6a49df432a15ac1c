package dev.millrace.drift.job;

import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.flink.source.ProgressWatermarks;
import dev.millrace.schemas.topics.Progress;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.operators.ProcessingTimeService.ProcessingTimeCallback;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * Sends the status of a source whose partitions are {@linkplain ProgressWatermarks#neverIdle never
 * idle} of their own, but idle together: when the last progress of each is idle, was written lately
 * and has become the watermark. So a partition whose writer is down, which may have to write what
 * is before the progress of the others, holds back the watermark. It stays for as long as an idle
 * writer may leave out, {@link #VALID}.
 *
 * <p>For partitions of one arrival partition each, as those of predictions. Flink's own idleness
 * does not serve: it leaves out each partition that is idle, and ends only with a larger watermark.
 */
final class CommonIdleness extends AbstractStreamOperator<IncomingRecord>
    implements OneInputStreamOperator<IncomingRecord, IncomingRecord>, ProcessingTimeCallback {
  /** Three times the interval in which progress is repeated at the latest. */
  static final Duration VALID = Duration.ofSeconds(30);

  private static final long serialVersionUID = 1L;
  private static final long CHECK_MILLIS = 1_000;

  /** By partition; of those that have had a progress record. */
  private transient Map<Integer, Progress> newest = new HashMap<>();

  private transient long watermarkMillis;
  private transient boolean idle;

  @Override
  public void open() throws Exception {
    super.open();
    newest = new HashMap<>();
    watermarkMillis = Long.MIN_VALUE;
    checkLater();
  }

  private void checkLater() {
    long nowMillis = getProcessingTimeService().getCurrentProcessingTime();
    var unused = getProcessingTimeService().registerTimer(nowMillis + CHECK_MILLIS, this);
  }

  @Override
  public void onProcessingTime(long timeMillis) {
    update();
    checkLater();
  }

  /** The status comes before the records after a silence. */
  @Override
  public void processElement(StreamRecord<IncomingRecord> element) {
    IncomingRecord record = element.getValue();
    Progress progress = record.progress();
    if (progress != null) {
      newest.put(record.partition(), progress);
      update();
    }
    output.collect(element);
  }

  @Override
  public void processWatermark(Watermark watermark) throws Exception {
    watermarkMillis = watermark.getTimestamp();
    if (idle) {
      send(false);
    }
    super.processWatermark(watermark);
    update();
  }

  private void update() {
    long nowMillis = getProcessingTimeService().getCurrentProcessingTime();
    boolean now = isIdle(newest.values(), nowMillis);
    if (now != idle) {
      send(now);
    }
  }

  private boolean isIdle(Collection<Progress> progress, long nowMillis) {
    long slowestMillis = Long.MAX_VALUE;
    for (Progress each : progress) {
      if (!each.idle() || nowMillis - each.writtenMillis() > VALID.toMillis()) {
        return false;
      }
      slowestMillis = Math.min(slowestMillis, each.timeMillis());
    }
    return !progress.isEmpty()
        && (slowestMillis == Progress.NONE || watermarkMillis >= slowestMillis - 1);
  }

  private void send(boolean nowIdle) {
    idle = nowIdle;
    output.emitWatermarkStatus(nowIdle ? WatermarkStatus.IDLE : WatermarkStatus.ACTIVE);
  }
}
