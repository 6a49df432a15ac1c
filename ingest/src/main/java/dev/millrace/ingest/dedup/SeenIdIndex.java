package dev.millrace.ingest.dedup;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;

/**
 * The event ids that were published; an id that is published again within a period is a duplicate.
 *
 * <p>Publication times of the records themselves are compared, in both directions, since records of
 * several arrival partitions are read in any order. The position of the first record is stored with
 * each id: that record, read again after a crash, is not a duplicate of itself, since its output
 * may have been lost while the id was kept.
 *
 * <p>The key of an entry is the bucket of its publication time, one period long, and the id; so no
 * bucket holds an id twice. A look-up is two or three point reads, which RocksDB's Bloom filters
 * answer without reading the disk for a new id. Entries are deleted in key order when, by {@link
 * DedupWatermark}, no later record can be within a period of them.
 */
final class SeenIdIndex {
  /** Expired entries are deleted each time that so many new ids were stored. */
  private static final int IDS_PER_DELETION = 256;

  /** At most so many for each new id: deletions are as fast as new ids, and each call is short. */
  private static final int DELETED_PER_ID = 4;

  /** Sorts before every id. */
  private static final byte[] NO_ID = {};

  private final SortedByteStore store;
  private final long periodMillis;

  private final int idsPerDeletion;

  /** No entry is stored before this key. */
  private byte[] oldest = key(0, NO_ID);

  /** Bucket of the newest entry; -1 while there is none. */
  private long newestBucket = -1;

  private int idsSinceDeletion;

  SeenIdIndex(SortedByteStore store, Duration period) {
    this(store, period, IDS_PER_DELETION);
  }

  SeenIdIndex(SortedByteStore store, Duration period, int idsPerDeletion) {
    this.store = store;
    this.periodMillis = Math.max(1, period.toMillis());
    this.idsPerDeletion = idsPerDeletion;
    byte[] last = store.lastKey();
    if (last != null) {
      newestBucket = bucketOf(last);
    }
  }

  /** The publication that counts: an earlier one within the period, else this one. */
  Publication first(String id, Publication publication) {
    long bucket = bucket(publication.publishedMillis());
    long last = Math.min(bucket + 1, newestBucket);
    byte[] idBytes = id.getBytes(UTF_8);
    Publication counts = publication;
    for (long each = Math.max(0, bucket - 1); each <= last; each++) {
      byte[] stored = store.get(key(each, idBytes));
      if (stored != null) {
        Publication earlier = Publication.fromBytes(stored);
        if (earlier.isOfSameRecordAs(publication)) {
          return earlier;
        }
        if (Math.abs(earlier.publishedMillis() - publication.publishedMillis()) < periodMillis) {
          counts = earlier;
        }
      }
    }
    return counts;
  }

  /**
   * Stores an id that is new.
   *
   * @param earliestToComeMillis no later record counts as published before this
   */
  void remember(String id, Publication publication, long earliestToComeMillis) {
    long bucket = bucket(publication.publishedMillis());
    if (bucket < bucketOf(oldest)) {
      oldest = key(bucket, NO_ID);
    }
    newestBucket = Math.max(newestBucket, bucket);
    store.put(key(bucket, id.getBytes(UTF_8)), publication.toBytes());
    idsSinceDeletion++;
    if (idsSinceDeletion >= idsPerDeletion) {
      idsSinceDeletion = 0;
      // No record published at (b + 2) periods or later is within a period of an entry of bucket b.
      deleteBefore(Math.floorDiv(earliestToComeMillis, periodMillis) - 1);
    }
  }

  private void deleteBefore(long bucket) {
    if (bucketOf(oldest) >= bucket) {
      return;
    }
    int most = DELETED_PER_ID * idsPerDeletion;
    List<byte[]> keys = store.keys(oldest, key(bucket, NO_ID), most + 1);
    for (int i = 0; i < keys.size(); i++) {
      byte[] key = keys.get(i);
      if (bucketOf(key) >= bucket || i == most) {
        oldest = key;
        return;
      }
      store.delete(key);
    }
    oldest = key(bucket, NO_ID);
  }

  private long bucket(long millis) {
    return Math.floorDiv(millis, periodMillis);
  }

  /** In the order of the buckets, which are not negative. */
  private static byte[] key(long bucket, byte[] id) {
    return ByteBuffer.allocate(Long.BYTES + id.length).putLong(bucket).put(id).array();
  }

  private static long bucketOf(byte[] key) {
    return ByteBuffer.wrap(key).getLong();
  }
}
