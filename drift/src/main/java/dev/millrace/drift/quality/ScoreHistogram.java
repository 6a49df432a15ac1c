package dev.millrace.drift.quality;

import dev.millrace.schemas.operation.StateReader;
import dev.millrace.schemas.operation.StateWriter;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Counts of scores in {@link ScoreBins}, those of two classes apart: rows with a positive and a
 * negative label, or with a positive and a negative decision. Not thread-safe.
 */
public final class ScoreHistogram {
  private final long[] counts = new long[2 * ScoreBins.COUNT];

  /** Counts a score. */
  public void add(double score, boolean positive) {
    counts[position(ScoreBins.index(score), positive)]++;
  }

  /** Adds counts of one bin. */
  public void add(int bin, boolean positive, long count) {
    counts[position(bin, positive)] += count;
  }

  /** Adds all counts of another histogram. */
  public void add(ScoreHistogram other) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] += other.counts[i];
    }
  }

  /** The count of one bin. */
  public long count(int bin, boolean positive) {
    return counts[position(bin, positive)];
  }

  /** The number of scores of one class. */
  public long total(boolean positive) {
    long total = 0;
    for (int bin = 0; bin < ScoreBins.COUNT; bin++) {
      total += count(bin, positive);
    }
    return total;
  }

  /** The counts of one class by bin. */
  List<Long> counts(boolean positive) {
    return IntStream.range(0, ScoreBins.COUNT).mapToObj(bin -> count(bin, positive)).toList();
  }

  /** The number of scores. */
  public long total() {
    return Arrays.stream(counts).sum();
  }

  /** Runs of empty bins take two bytes. */
  void write(StateWriter out) {
    int i = 0;
    while (i < counts.length) {
      int empty = i;
      while (i < counts.length && counts[i] == 0) {
        i++;
      }
      if (i > empty) {
        out.varint(0);
        out.varint(i - empty);
      } else {
        out.varint(counts[i++]);
      }
    }
  }

  /** Adds what {@link #write} wrote. */
  void read(StateReader in) {
    int i = 0;
    while (i < counts.length) {
      long count = in.varint();
      if (count == 0) {
        i += (int) in.varint();
      } else {
        counts[i++] += count;
      }
    }
  }

  private static int position(int bin, boolean positive) {
    return positive ? ScoreBins.COUNT + bin : bin;
  }
}
