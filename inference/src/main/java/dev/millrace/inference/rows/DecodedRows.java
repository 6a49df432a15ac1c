package dev.millrace.inference.rows;

import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/** The decoded rows of the entities that were looked up last, bounded by their memory. */
final class DecodedRows {
  /**
   * Memory for each store and task: the frequent entities of a partition. A row of ten numbers
   * takes about 1 KB.
   */
  static final long DEFAULT_BYTES = 1L << 20;

  /** Key, map entry, cache entry and the objects of a row, on a 64-bit JVM. */
  private static final int ENTRY_BYTES = 300;

  /** A boxed number and its reference, or the objects of a text without its characters. */
  private static final int FEATURE_BYTES = 48;

  private final long maxBytes;
  private final LinkedHashMap<Bytes, DecodedRow> rows = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  /** A store's value and its decoded row. */
  @SuppressWarnings("ArrayRecordComponent") // compared by content where it is used
  private record DecodedRow(byte[] stored, EntityRow row, long bytes) {}

  /**
   * @param maxBytes of memory, estimated; a row that takes more is not kept
   */
  DecodedRows(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * The row that was decoded from a store's value; null if it is not kept.
   *
   * @param stored the store's value now, which another thread may have changed
   */
  @Nullable EntityRow find(Bytes key, byte[] stored) {
    DecodedRow known = rows.get(key);
    return known == null || !Arrays.equals(known.stored, stored) ? null : known.row;
  }

  /** Keeps a row, and removes those that were not looked up for longest. */
  void put(Bytes key, byte[] stored, EntityRow row) {
    long weight = weight(key, stored, row);
    DecodedRow before =
        weight > maxBytes ? rows.remove(key) : rows.put(key, new DecodedRow(stored, row, weight));
    bytes += (weight > maxBytes ? 0 : weight) - (before == null ? 0 : before.bytes);
    Iterator<DecodedRow> oldestFirst = rows.values().iterator();
    while (bytes > maxBytes) {
      bytes -= oldestFirst.next().bytes;
      oldestFirst.remove();
    }
  }

  /** The characters of texts take at most as much as the encoded row. */
  private static long weight(Bytes key, byte[] stored, EntityRow row) {
    int features = row.features().features().getSchema().getFields().size();
    return ENTRY_BYTES + key.get().length + 2L * stored.length + (long) FEATURE_BYTES * features;
  }

  int size() {
    return rows.size();
  }

  /** The memory of all rows, estimated. */
  long bytes() {
    return bytes;
  }
}
