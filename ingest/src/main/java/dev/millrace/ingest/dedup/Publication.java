package dev.millrace.ingest.dedup;

import java.nio.ByteBuffer;

/**
 * The publication of an event id: when, and by which record of the producers' topic.
 *
 * @param publishedMillis when the record was published, epoch milliseconds
 * @param partition the record's arrival partition
 * @param offset the record's offset in that partition
 * @param late whether the event was late
 */
public record Publication(long publishedMillis, int partition, long offset, boolean late) {
  private static final int BYTES = 2 * Long.BYTES + Integer.BYTES + 1;

  static Publication fromBytes(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new Publication(buffer.getLong(), buffer.getInt(), buffer.getLong(), buffer.get() != 0);
  }

  byte[] toBytes() {
    return ByteBuffer.allocate(BYTES)
        .putLong(publishedMillis)
        .putInt(partition)
        .putLong(offset)
        .put((byte) (late ? 1 : 0))
        .array();
  }

  /** Whether both are of the same record, which was read twice. */
  boolean isOfSameRecordAs(Publication other) {
    return partition == other.partition && offset == other.offset;
  }
}
