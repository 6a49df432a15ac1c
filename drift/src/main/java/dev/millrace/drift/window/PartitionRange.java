package dev.millrace.drift.window;

import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A range of offsets of one partition of the scored source's clean topic.
 *
 * @param from inclusive
 * @param to exclusive
 */
public record PartitionRange(int partition, long from, long to) {

  /** The smallest range that covers both ranges, which must be of the same partition. */
  PartitionRange cover(PartitionRange other) {
    return new PartitionRange(partition, Math.min(from, other.from), Math.max(to, other.to));
  }

  /** The smallest ranges that cover all of both lists, one per partition, in their order. */
  public static List<PartitionRange> cover(List<PartitionRange> some, List<PartitionRange> more) {
    TreeMap<Integer, PartitionRange> covered = new TreeMap<>();
    Stream.concat(some.stream(), more.stream())
        .forEach(range -> covered.merge(range.partition, range, PartitionRange::cover));
    return List.copyOf(covered.values());
  }
}
