package dev.millrace.features.source;

/**
 * The order of events of the same time: by partition, then by offset, and events of the late topic
 * after the others. So it depends on the data and not on the order in which events are read.
 */
public final class EventOrder {
  private static final int OFFSET_BITS = 47;
  private static final long MAX_OFFSET = (1L << OFFSET_BITS) - 1;
  private static final int LATE = 1 << 15;

  private EventOrder() {}

  /**
   * The order as one number that is not negative: 1 bit for late events, 15 bits of the partition,
   * 47 bits of the offset.
   */
  public static long of(int partition, long offset, boolean late) {
    long high = (partition & (LATE - 1)) | (late ? LATE : 0);
    return high << OFFSET_BITS | (offset & MAX_OFFSET);
  }
}
