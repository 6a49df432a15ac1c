package dev.millrace.drift.profile;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts of texts in buckets by the upper 14 bits of their hash, so that they can be counted before
 * anything is known about them. Of each bucket the first and the last of its texts in alphabetical
 * order are kept as its name, until there are more than {@link #MOST_NAMED} buckets; from then on
 * buckets have no names. Both are functions of the set of texts, so they do not depend on the order
 * of merging.
 */
final class CategoryBuckets {
  private static final int BITS = 14;

  /** Number of buckets up to which they have names: 0.1 MB of names at most. */
  static final int MOST_NAMED = 1024;

  /** Length to which names are cut. */
  private static final int MOST_LETTERS = 48;

  private final TreeMap<Integer, Bucket> buckets = new TreeMap<>();

  /** The number of values in a bucket, and its first and last text; null without names. */
  private static final class Bucket {
    private long count;
    private @Nullable String first;
    private @Nullable String last;

    void name(String from, String to) {
      first = first == null || from.compareTo(first) < 0 ? from : first;
      last = last == null || to.compareTo(last) > 0 ? to : last;
    }
  }

  void add(String value) {
    Bucket bucket = bucket((int) (Hashes.of(value) >>> (Long.SIZE - BITS)));
    bucket.count++;
    if (buckets.size() <= MOST_NAMED) {
      String name = value.length() > MOST_LETTERS ? value.substring(0, MOST_LETTERS) : value;
      bucket.name(name, name);
    }
  }

  /** The bucket of a number; names are dropped with the first bucket that is too many. */
  private Bucket bucket(int number) {
    Bucket bucket = buckets.get(number);
    if (bucket == null) {
      bucket = new Bucket();
      buckets.put(number, bucket);
      if (buckets.size() == MOST_NAMED + 1) {
        for (Bucket each : buckets.values()) {
          each.first = null;
          each.last = null;
        }
      }
    }
    return bucket;
  }

  void merge(CategoryBuckets other) {
    other.buckets.forEach((number, theirs) -> bucket(number).count += theirs.count);
    if (buckets.size() > MOST_NAMED) {
      return;
    }
    other.buckets.forEach(
        (number, theirs) -> {
          if (theirs.first != null && theirs.last != null) {
            bucket(number).name(theirs.first, theirs.last);
          }
        });
  }

  long total() {
    return buckets.values().stream().mapToLong(bucket -> bucket.count).sum();
  }

  /** The number of values by bucket, in the order of buckets. */
  Map<Integer, Long> counts() {
    Map<Integer, Long> counts = new TreeMap<>();
    buckets.forEach((number, bucket) -> counts.put(number, bucket.count));
    return counts;
  }

  /** A name for a bucket that has values; different for each bucket. */
  String name(int number) {
    Bucket bucket = bucket(number);
    if (bucket.first == null) {
      return "bucket " + number;
    }
    return bucket.first.equals(bucket.last) && bucket.first.length() < MOST_LETTERS
        ? bucket.first
        : bucket.first + " and others, bucket " + number;
  }

  void writeTo(ByteArrayOutputStream out) {
    Varints.put(out, buckets.size());
    int last = 0;
    boolean named = buckets.size() <= MOST_NAMED;
    for (Map.Entry<Integer, Bucket> each : buckets.entrySet()) {
      Bucket bucket = each.getValue();
      Varints.put(out, each.getKey() - last);
      Varints.put(out, bucket.count);
      last = each.getKey();
      if (named) {
        put(out, bucket.first);
        put(out, bucket.last);
      }
    }
  }

  private static void put(ByteArrayOutputStream out, @Nullable String name) {
    byte[] bytes = name == null ? new byte[0] : name.getBytes(StandardCharsets.UTF_8);
    Varints.put(out, bytes.length);
    out.writeBytes(bytes);
  }

  static CategoryBuckets read(ByteBuffer in) {
    CategoryBuckets read = new CategoryBuckets();
    long size = Varints.get(in);
    int number = 0;
    for (long i = 0; i < size; i++) {
      long next = number + Varints.get(in);
      if (next < 0 || next >= 1 << BITS) {
        throw new IllegalArgumentException("a bucket that does not exist in a profile: " + next);
      }
      number = (int) next;
      Bucket bucket = new Bucket();
      bucket.count = Varints.get(in);
      if (size <= MOST_NAMED) {
        bucket.first = text(in);
        bucket.last = text(in);
      }
      read.buckets.put(number, bucket);
    }
    return read;
  }

  private static String text(ByteBuffer in) {
    byte[] bytes = new byte[(int) Math.min(Varints.get(in), in.remaining())];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
