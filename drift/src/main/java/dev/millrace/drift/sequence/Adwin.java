package dev.millrace.drift.sequence;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds a change of the errors of a model without any reference: a window that grows while its
 * parts agree (ADWIN2: Bifet, Gavaldà: "Learning from time-changing data with adaptive windowing",
 * SDM 2007). It needs longer than a {@link ConceptDetector} with a reference.
 *
 * <p>The window is an exponential histogram: at most six buckets of each size, a power of two
 * batches, so 16 KB hold more than 2^60 batches. An instance is used by one thread.
 */
public final class Adwin {
  /** Buckets of one size; the paper's M. */
  private static final int SAME_SIZE = 5;

  private final double unit;
  private final double delta;
  private final double dispersion;
  private final List<Bucket> buckets;

  /**
   * Neighbouring batches.
   *
   * @param size the number of batches is 2 to the power of it
   * @param startMillis event time at which they begin
   * @param labels rows with a label
   * @param errors sum of their errors, in units
   */
  public record Bucket(int size, long startMillis, long labels, long errors) {
    private Bucket plus(Bucket newer) {
      return new Bucket(size + 1, startMillis, labels + newer.labels, errors + newer.errors);
    }
  }

  /**
   * A change.
   *
   * @param before mean error of the older part, from 0 to 1
   * @param since mean error of the newer part
   * @param sinceMillis event time at which the newer part begins
   */
  public record Change(double before, double since, long sinceMillis) {}

  /**
   * @param unit how much of an error one unit of {@link ErrorBatch#errors()} is: 1 for wrong
   *     predictions
   * @param delta probability of a false change at one batch: 1 / (mean number of batches between
   *     false alarms)
   * @param dispersion of {@link ConceptDetector}
   * @param buckets state to continue from, oldest first; empty at the start
   */
  public Adwin(double unit, double delta, double dispersion, List<Bucket> buckets) {
    if (!(unit > 0) || !(delta > 0 && delta < 1) || !(dispersion >= 1)) {
      throw new IllegalArgumentException(
          "unit must be positive, delta between 0 and 1, dispersion at least 1, but they are "
              + unit
              + ", "
              + delta
              + " and "
              + dispersion);
    }
    this.unit = unit;
    this.delta = delta;
    this.dispersion = dispersion;
    this.buckets = new ArrayList<>(buckets);
  }

  /** The state, oldest first. */
  public List<Bucket> state() {
    return List.copyOf(buckets);
  }

  /** Rows in the window. */
  public long labels() {
    return buckets.stream().mapToLong(Bucket::labels).sum();
  }

  /** Mean error of the window, from 0 to 1; NaN without labels. */
  public double mean() {
    return buckets.stream().mapToLong(Bucket::errors).sum() * unit / labels();
  }

  /** Adds the next batch in event time; the older part of the window is dropped at a change. */
  public Optional<Change> add(ErrorBatch batch) {
    if (batch.labels() == 0) {
      return Optional.empty();
    }
    buckets.add(new Bucket(0, batch.startMillis(), batch.labels(), batch.errors()));
    compress();
    Optional<Change> first = change();
    Optional<Change> more = first;
    while (more.isPresent()) {
      buckets.remove(0);
      more = change();
    }
    return first;
  }

  private void compress() {
    int end = buckets.size();
    for (int size = 0; end > 0; size++) {
      int start = end;
      while (start > 0 && buckets.get(start - 1).size() == size) {
        start--;
      }
      if (end - start <= SAME_SIZE) {
        return;
      }
      Bucket merged = buckets.get(start).plus(buckets.get(start + 1));
      buckets.remove(start + 1);
      buckets.set(start, merged);
      end = start + 1;
    }
  }

  /** The oldest boundary at which both sides differ by more than chance explains. */
  private Optional<Change> change() {
    double labels = labels();
    double mean = mean();
    // Errors of at least 0 and at most 1 cannot vary more than this.
    double variance = mean * (1 - mean);
    double sum = mean * labels;
    double logarithm = StrictMath.log(2 * Math.max(1, StrictMath.log(labels)) / delta);
    double older = 0;
    double olderSum = 0;
    for (int i = 1; i < buckets.size(); i++) {
      older += buckets.get(i - 1).labels();
      olderSum += buckets.get(i - 1).errors() * unit;
      double before = olderSum / older;
      double since = (sum - olderSum) / (labels - older);
      double size = 1 / (1 / older + 1 / (labels - older)) / dispersion;
      double bound = StrictMath.sqrt(2 * variance * logarithm / size) + 2 * logarithm / (3 * size);
      if (Math.abs(before - since) >= bound) {
        return Optional.of(new Change(before, since, buckets.get(i).startMillis()));
      }
    }
    return Optional.empty();
  }
}
