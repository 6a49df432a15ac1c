package dev.millrace.drift.profile;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * How the inputs of predictions were delivered: where each value came from, how old it was, and
 * whether predictions waited for their vectors. Integers that merge exactly. Not thread-safe.
 */
public final class DeliveryCounts {
  /** Where the value of an input came from; the names of {@code FeatureStatus} on the wire. */
  public enum Status {
    PRESENT(0),
    NULL_VALUE(1),
    NOT_FOUND(2),
    OUTSIDE_MAX_AGE(3);

    private final int position;

    Status(int position) {
      this.position = position;
    }
  }

  /** How a prediction waited; the names of {@code WaitResult} on the wire. */
  public enum Wait {
    NOT_AWAITED(0),
    ARRIVED(1),
    TIMED_OUT(2),
    UNANSWERED(3);

    private final int position;

    Wait(int position) {
      this.position = position;
    }
  }

  /**
   * Cells of ages: below 1 s, then one for each power of two of seconds; the last is 48 days and
   * more.
   */
  public static final int AGES = 24;

  private static final int STATUSES = Status.values().length;
  private static final int WAITS = Wait.values().length;
  private static final int OF_INPUT = STATUSES + AGES;
  private static final long MILLIS = 1_000;

  /** Of each feature its statuses and ages; then the waits. */
  private final long[] counts;

  private final int features;

  /**
   * @param features number of features, the score included: it has neither status nor age
   */
  public DeliveryCounts(int features) {
    this.features = features;
    this.counts = new long[features * OF_INPUT + WAITS];
  }

  /** Counts how a prediction waited. */
  public void add(Wait wait) {
    counts[features * OF_INPUT + wait.position]++;
  }

  /** Counts where an input of a prediction came from. */
  public void add(int feature, Status status) {
    counts[feature * OF_INPUT + status.position]++;
  }

  /** Counts the age of an input that comes from a feature view. */
  public void addAge(int feature, long ageMillis) {
    counts[feature * OF_INPUT + STATUSES + cell(ageMillis)]++;
  }

  private static int cell(long ageMillis) {
    long seconds = Math.max(0, ageMillis) / MILLIS;
    return Math.min(AGES - 1, Long.SIZE - Long.numberOfLeadingZeros(seconds));
  }

  /** Adds other counts of the same features. */
  public DeliveryCounts merge(DeliveryCounts other) {
    return merge(other.toList());
  }

  /**
   * Adds what {@link #toList()} returned.
   *
   * @throws IllegalArgumentException if it has another number of features
   */
  public DeliveryCounts merge(List<Long> encoded) {
    if (encoded.size() != counts.length) {
      throw new IllegalArgumentException(
          "delivery of %d features has %d counts, not %d"
              .formatted(features, counts.length, encoded.size()));
    }
    for (int i = 0; i < counts.length; i++) {
      counts[i] += encoded.get(i);
    }
    return this;
  }

  /** All counts, for state and the wire. */
  public List<Long> toList() {
    return Arrays.stream(counts).boxed().toList();
  }

  /** All counts, in few bytes: most of them are small. */
  public byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (long count : counts) {
      Varints.put(bytes, count);
    }
    return bytes.toByteArray();
  }

  /**
   * Adds what {@link #toBytes()} returned for the same number of features.
   *
   * @throws java.nio.BufferUnderflowException if it had fewer features
   */
  public DeliveryCounts mergeBytes(byte[] encoded) {
    ByteBuffer in = ByteBuffer.wrap(encoded);
    for (int i = 0; i < counts.length; i++) {
      counts[i] += Varints.get(in);
    }
    return this;
  }

  /** The number of predictions. */
  public long predictions() {
    long sum = 0;
    for (Wait wait : Wait.values()) {
      sum += count(wait);
    }
    return sum;
  }

  /** The number of predictions that waited so. */
  public long count(Wait wait) {
    return counts[features * OF_INPUT + wait.position];
  }

  /** The number of predictions in which a feature had a status. */
  public long count(int feature, Status status) {
    return counts[feature * OF_INPUT + status.position];
  }

  /** The number of predictions in which a feature had an age. */
  public long ages(int feature) {
    long sum = 0;
    for (int cell = 0; cell < AGES; cell++) {
      sum += age(feature, cell);
    }
    return sum;
  }

  /**
   * The median age of a feature as the base-2 logarithm of seconds plus 1, interpolated within its
   * cell: one more means twice as old. 0 if it has no age.
   */
  public double medianLogAge(int feature) {
    double half = ages(feature) / 2.0;
    long before = 0;
    for (int cell = 0; cell < AGES; cell++) {
      long count = age(feature, cell);
      if (count > 0 && before + count >= half) {
        return cell + (half - before) / count;
      }
      before += count;
    }
    return 0;
  }

  private long age(int feature, int cell) {
    return counts[feature * OF_INPUT + STATUSES + cell];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DeliveryCounts that
        && features == that.features
        && Arrays.equals(counts, that.counts);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(counts);
  }

  @Override
  public String toString() {
    return "DeliveryCounts" + Arrays.toString(counts);
  }
}
