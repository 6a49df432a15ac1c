package dev.millrace.drift.quality;

import dev.millrace.drift.sequence.LossLevels;
import dev.millrace.schemas.avro.LossCount;
import dev.millrace.schemas.operation.StateReader;
import dev.millrace.schemas.operation.StateWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The absolute errors of a regression, counted in cells that are the same for every model, so that
 * they can be counted before anything is known about them, and add up in any order. A cell is what
 * the exponent and the upper 3 bits of the fraction of a float select: 8 to each power of two, 6 to
 * 13 % wide. The first cell contains what is less than the least normal float, the last one what is
 * greater than the largest. Not thread-safe.
 */
public final class LossCounts {
  /** Bits of a float below those that select the cell. */
  private static final int REST_BITS = 20;

  private static final int HALF = 1 << (REST_BITS - 1);

  /** The first cell of normal floats. */
  static final int FIRST = Float.floatToRawIntBits(Float.MIN_NORMAL) >>> REST_BITS;

  /** The cell of what is greater than the largest float. */
  static final int LAST = Float.floatToRawIntBits(Float.POSITIVE_INFINITY) >>> REST_BITS;

  private final TreeMap<Integer, Long> rows = new TreeMap<>();

  /** The counts of a report. */
  public static LossCounts of(List<LossCount> losses) {
    LossCounts counts = new LossCounts();
    losses.forEach(each -> counts.rows.merge(cell(each.getLower()), each.getRows(), Long::sum));
    return counts;
  }

  static LossCounts of(List<Integer> cells, List<Long> rows) {
    LossCounts counts = new LossCounts();
    for (int i = 0; i < cells.size(); i++) {
      counts.rows.merge(cells.get(i), rows.get(i), Long::sum);
    }
    return counts;
  }

  static boolean isCell(int number) {
    return number == 0 || (number >= FIRST && number <= LAST);
  }

  private static int cell(double loss) {
    int cell = Float.floatToRawIntBits((float) loss) >>> REST_BITS;
    return cell < FIRST ? 0 : cell;
  }

  private static double lower(int cell) {
    return cell == LAST ? Float.POSITIVE_INFINITY : Float.intBitsToFloat(cell << REST_BITS);
  }

  /** A loss in the middle of a cell. */
  private static double middle(int cell) {
    return cell == 0
        ? 0
        : cell == LAST ? Float.MAX_VALUE : Float.intBitsToFloat((cell << REST_BITS) | HALF);
  }

  /**
   * Counts a row.
   *
   * @param loss at least 0
   */
  void add(double loss) {
    rows.merge(cell(loss), 1L, Long::sum);
  }

  void add(LossCounts other) {
    other.rows.forEach((cell, count) -> rows.merge(cell, count, Long::sum));
  }

  /** Labelled rows. */
  long rows() {
    return rows.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The sum of the levels of all rows. */
  long sum(LossLevels levels) {
    long sum = 0;
    for (Map.Entry<Integer, Long> each : rows.entrySet()) {
      sum += each.getValue() * levels.level(middle(each.getKey()));
    }
    return sum;
  }

  /** These losses as the reference of others. */
  LossLevels levels() {
    return LossLevels.of(
        rows.keySet().stream().mapToDouble(LossCounts::middle).toArray(),
        rows.values().stream().mapToLong(Long::longValue).toArray());
  }

  /** The numbers of the cells with rows, in ascending order. */
  List<Integer> cells() {
    return List.copyOf(rows.keySet());
  }

  /** The rows of these cells. */
  List<Long> counts() {
    return List.copyOf(rows.values());
  }

  /** The cells of a report. */
  List<LossCount> toRecords() {
    List<LossCount> records = new ArrayList<>();
    rows.forEach((cell, count) -> records.add(new LossCount(lower(cell), count)));
    return records;
  }

  void write(StateWriter out) {
    out.varint(rows.size());
    rows.forEach(
        (cell, count) -> {
          out.varint(cell);
          out.varint(count);
        });
  }

  /** Adds what {@link #write} wrote. */
  void read(StateReader in) {
    for (long left = in.varint(); left > 0; left--) {
      rows.merge((int) in.varint(), in.varint(), Long::sum);
    }
  }
}
