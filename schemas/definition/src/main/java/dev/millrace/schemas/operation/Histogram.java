package dev.millrace.schemas.operation;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The exact number of occurrences of given values. */
final class Histogram extends Part {
  /**
   * The texts of the values that are counted.
   *
   * @param values different from each other
   */
  record Spec(List<String> values) implements PartSpec {
    @Override
    public Part create() {
      return new Histogram(values);
    }

    @Override
    public PartSpec union(PartSpec other) {
      return new Spec(
          Stream.concat(values.stream(), ((Spec) other).values.stream()).distinct().toList());
    }
  }

  private final List<String> values;
  private final long[] counts;

  private Histogram(List<String> values) {
    this.values = values;
    this.counts = new long[values.size()];
  }

  /** The number of occurrences of a value, by its text. */
  long count(String value) {
    return counts[values.indexOf(value)];
  }

  @Override
  void update(Object value, long timeMillis, long order) {
    int at = values.indexOf(value.toString());
    if (at >= 0) {
      counts[at]++;
    }
  }

  @Override
  void merge(Part other) {
    Histogram more = (Histogram) other;
    for (int i = 0; i < counts.length; i++) {
      counts[i] += more.counts[i];
    }
  }

  @Override
  boolean unmerge(Part other) {
    Histogram gone = (Histogram) other;
    for (int i = 0; i < counts.length; i++) {
      counts[i] -= gone.counts[i];
    }
    return true;
  }

  @Override
  void clear() {
    Arrays.fill(counts, 0);
  }

  @Override
  int heapBytes() {
    return 40 + 8 * counts.length;
  }

  @Override
  void write(StateWriter out, long tileMillis) {
    for (long count : counts) {
      out.varint(count);
    }
  }

  @Override
  void read(StateReader in, long tileMillis) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] = in.varint();
    }
  }
}
