package dev.millrace.schemas.flink.source;

import java.io.Serializable;
import java.util.List;

/**
 * The range of the offsets of a partition that a bounded job reads.
 *
 * @param from the first offset
 * @param to the offset after the last record
 * @param arrivals the arrival partitions of the events in the range
 */
public record OffsetRange(String topic, int partition, long from, long to, List<Integer> arrivals)
    implements Serializable {
  public OffsetRange {
    arrivals = List.copyOf(arrivals);
  }
}
