package dev.millrace.schemas.flink.source;

import java.io.Serializable;
import java.util.Map;

/**
 * The range of the offsets of a partition that a bounded job reads.
 *
 * @param from the first offset
 * @param to the offset after the last record
 * @param lastEvents by arrival partition of the events in the range, the offset of the last one
 */
public record OffsetRange(
    String topic, int partition, long from, long to, Map<Integer, Long> lastEvents)
    implements Serializable {
  public OffsetRange {
    lastEvents = Map.copyOf(lastEvents);
  }
}
