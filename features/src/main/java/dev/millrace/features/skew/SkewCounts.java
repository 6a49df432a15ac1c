package dev.millrace.features.skew;

/**
 * The counts of a window: for each feature the answers compared, those that differ, the numbers
 * among these, and the sum and the largest of their differences. An array of doubles, so that
 * Flink's serializer of arrays writes it.
 */
final class SkewCounts {
  private static final int COMPARED = 0;
  private static final int DIFFERING = 1;
  private static final int NUMBERS = 2;
  private static final int SUM = 3;
  private static final int LARGEST = 4;
  private static final int FIELDS = 5;

  private final double[] values;

  SkewCounts(double[] values) {
    this.values = values;
  }

  static SkewCounts empty(int features) {
    return new SkewCounts(new double[features * FIELDS]);
  }

  double[] values() {
    return values;
  }

  int features() {
    return values.length / FIELDS;
  }

  void add(double[] differences) {
    for (int i = 0; i < differences.length; i++) {
      int at = i * FIELDS;
      values[at + COMPARED]++;
      if (differences[i] != 0) {
        values[at + DIFFERING]++;
      }
      if (differences[i] != 0 && differences[i] != SkewSample.NO_NUMBER) {
        values[at + NUMBERS]++;
        values[at + SUM] += differences[i];
        values[at + LARGEST] = Math.max(values[at + LARGEST], differences[i]);
      }
    }
  }

  long compared(int feature) {
    return (long) values[feature * FIELDS + COMPARED];
  }

  long differing(int feature) {
    return (long) values[feature * FIELDS + DIFFERING];
  }

  /** The mean absolute difference of the differing numbers; 0 if there are none. */
  double mean(int feature) {
    double numbers = values[feature * FIELDS + NUMBERS];
    return numbers == 0 ? 0 : values[feature * FIELDS + SUM] / numbers;
  }

  double largest(int feature) {
    return values[feature * FIELDS + LARGEST];
  }
}
