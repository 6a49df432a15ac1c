package dev.millrace.deploy.evolution;

import java.util.HashMap;
import java.util.Map;

/**
 * The events that have no vector yet. Events and vectors are read from two topics in any order, and
 * a vector may be repeated.
 *
 * <p>Under a load there is always an event without a vector. So whether vectors have caught up is
 * asked of the events at one moment, {@link #mark}: {@link #due} counts those of them that are
 * left.
 */
final class Unanswered {
  private static final class Partition {
    private final OffsetSet due = new OffsetSet();
    private final OffsetSet open = new OffsetSet();
    private final OffsetSet early = new OffsetSet();
  }

  private final Map<Integer, Long> from;
  private final Map<Integer, Partition> partitions = new HashMap<>();

  /**
   * @param from by partition, the offset of the first event that counts
   */
  Unanswered(Map<Integer, Long> from) {
    this.from = Map.copyOf(from);
  }

  /** An event was read. */
  void asked(int partition, long offset) {
    if (counts(partition, offset)) {
      Partition of = partition(partition);
      if (!of.early.remove(offset)) {
        of.open.add(offset);
      }
    }
  }

  /** A vector was read. */
  void answered(int partition, long offset) {
    if (counts(partition, offset)) {
      Partition of = partition(partition);
      if (!of.due.remove(offset) && !of.open.remove(offset)) {
        of.early.add(offset);
      }
    }
  }

  /** From now on the events that were read so far are due. */
  void mark() {
    partitions.values().forEach(partition -> partition.due.takeAll(partition.open));
  }

  /** The events without a vector that were read before the last mark. */
  long due() {
    return partitions.values().stream().mapToLong(partition -> partition.due.size()).sum();
  }

  /** All events without a vector. */
  long count() {
    return due() + partitions.values().stream().mapToLong(partition -> partition.open.size()).sum();
  }

  private boolean counts(int partition, long offset) {
    return offset >= from.getOrDefault(partition, 0L);
  }

  private Partition partition(int partition) {
    return partitions.computeIfAbsent(partition, none -> new Partition());
  }
}
