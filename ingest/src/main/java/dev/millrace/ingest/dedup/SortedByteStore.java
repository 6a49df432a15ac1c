package dev.millrace.ingest.dedup;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A persistent map whose keys are sorted as unsigned bytes. */
public interface SortedByteStore {
  byte @Nullable [] get(byte[] key);

  void put(byte[] key, byte[] value);

  void delete(byte[] key);

  /** The last key; null if the store is empty. */
  byte @Nullable [] lastKey();

  /**
   * The first keys of a range, in order.
   *
   * @param to inclusive
   * @param limit at most so many
   */
  List<byte[]> keys(byte[] from, byte[] to, int limit);
}
