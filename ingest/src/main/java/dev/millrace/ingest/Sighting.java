package dev.millrace.ingest;

import java.nio.ByteBuffer;

/**
 * An event id that was seen: when, and in which record of the producers' topic.
 *
 * @param publishedMillis when the record was published
 * @param partition the record's arrival partition
 * @param offset the record's in that partition
 * @param late whether the event was late
 */
record Sighting(long publishedMillis, int partition, long offset, boolean late) {
  private static final int BYTES = 2 * Long.BYTES + Integer.BYTES + 1;

  static Sighting of(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new Sighting(buffer.getLong(), buffer.getInt(), buffer.getLong(), buffer.get() != 0);
  }

  byte[] bytes() {
    return ByteBuffer.allocate(BYTES)
        .putLong(publishedMillis)
        .putInt(partition)
        .putLong(offset)
        .put((byte) (late ? 1 : 0))
        .array();
  }

  /** Whether both are of one record, read twice. */
  boolean isOfSameRecordAs(Sighting other) {
    return partition == other.partition && offset == other.offset;
  }
}
