package dev.millrace.drift.job;

import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.flink.source.OffsetRange;
import dev.millrace.schemas.flink.source.ProgressWatermarks;
import java.util.Collection;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/**
 * The watermark of ranges that are read to their ends, sent with each progress record. Flink asks
 * for watermarks every 200 ms, and not at the end of a source: of a range that is read faster the
 * progress would be lost.
 */
final class PromptProgress implements WatermarkGenerator<IncomingRecord> {
  private final WatermarkGenerator<IncomingRecord> progress;

  private PromptProgress(WatermarkGenerator<IncomingRecord> progress) {
    this.progress = progress;
  }

  /**
   * @param ranges of the partitions of one topic
   */
  static WatermarkStrategy<IncomingRecord> ofRanges(Collection<OffsetRange> ranges) {
    WatermarkStrategy<IncomingRecord> strategy = ProgressWatermarks.ofRanges(ranges);
    return WatermarkStrategy.<IncomingRecord>forGenerator(
            context -> new PromptProgress(strategy.createWatermarkGenerator(context)))
        .withTimestampAssigner((record, timestamp) -> record.eventTimeMillis());
  }

  @Override
  public void onEvent(IncomingRecord record, long timestamp, WatermarkOutput output) {
    progress.onEvent(record, timestamp, output);
    if (record.progress() != null) {
      progress.onPeriodicEmit(output);
    }
  }

  @Override
  public void onPeriodicEmit(WatermarkOutput output) {
    progress.onPeriodicEmit(output);
  }
}
