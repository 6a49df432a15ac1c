package dev.millrace.drift.profile;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Counts of numbers in cells that are the same for every feature, so that they can be counted
 * before anything is known about them. A cell is what the sign, the exponent and the upper 6 bits
 * of the fraction of a float select: its width is 0.8 to 1.6 % of its values. The value at its low
 * end, in magnitude, is counted apart from the others. So 0, each whole number up to 128 and each
 * other number of at most 7 significant bits, such as 0.25 or 1000, is counted alone, whatever lies
 * beside it, and whole numbers up to 256 are not counted together; other frequent values, such as
 * 19.99, are counted with their neighbours within 1.6 %.
 */
final class NumberCells {
  private static final int FRACTION_BITS = 23;
  private static final int CELL_BITS = 6;
  private static final int REST_BITS = FRACTION_BITS - CELL_BITS;
  private static final int REST_MASK = (1 << REST_BITS) - 1;

  /** Two for each cell: its low end, and the other values. */
  private static final int COUNTS = 2 << CELL_BITS;

  private static final int OCTAVES = 1 << (Float.SIZE - FRACTION_BITS);
  private static final int NEGATIVE = OCTAVES / 2;

  /** By sign and exponent; null where there are no values. */
  private final long[][] octaves = new long[OCTAVES][];

  /**
   * An interval of values and their number.
   *
   * @param from inclusive
   * @param to exclusive; infinity if there is no larger finite float
   */
  record Cell(double from, double to, long count) {
    boolean isAtom() {
      return to == Math.nextUp(from);
    }

    /** A value in the middle of the cell. */
    double middle() {
      return isAtom() || to == Double.POSITIVE_INFINITY ? from : from + (to - from) / 2;
    }
  }

  /** Counts a finite number, in single precision. */
  void add(double value) {
    int bits = Float.floatToRawIntBits((float) SinglePrecision.of(value + 0.0));
    int rest = (bits & REST_MASK) == 0 ? 0 : 1;
    int cell = (bits >>> REST_BITS) & ((1 << CELL_BITS) - 1);
    octave(bits >>> FRACTION_BITS)[2 * cell + rest]++;
  }

  private long[] octave(int index) {
    long[] counts = octaves[index];
    if (counts == null) {
      counts = new long[COUNTS];
      octaves[index] = counts;
    }
    return counts;
  }

  void merge(NumberCells other) {
    for (int i = 0; i < OCTAVES; i++) {
      long[] theirs = other.octaves[i];
      if (theirs != null) {
        long[] mine = octave(i);
        for (int j = 0; j < COUNTS; j++) {
          mine[j] += theirs[j];
        }
      }
    }
  }

  long total() {
    long total = 0;
    for (long[] octave : octaves) {
      if (octave != null) {
        for (long count : octave) {
          total += count;
        }
      }
    }
    return total;
  }

  /** The cells with values, in ascending order. */
  List<Cell> cells() {
    List<Cell> cells = new ArrayList<>();
    for (int i = OCTAVES - 1; i >= NEGATIVE; i--) {
      for (int j = COUNTS - 1; j >= 0; j--) {
        add(cells, i, j);
      }
    }
    for (int i = 0; i < NEGATIVE; i++) {
      for (int j = 0; j < COUNTS; j++) {
        add(cells, i, j);
      }
    }
    return cells;
  }

  private void add(List<Cell> cells, int octave, int index) {
    long[] counts = octaves[octave];
    if (counts == null || counts[index] == 0) {
      return;
    }
    int bits = ((octave % NEGATIVE) << FRACTION_BITS) | ((index / 2) << REST_BITS);
    double low = Float.intBitsToFloat(bits);
    double high = Float.intBitsToFloat(bits + REST_MASK + 1);
    boolean atom = index % 2 == 0;
    if (octave < NEGATIVE) {
      double from = atom ? low : Math.nextUp(low);
      cells.add(new Cell(from, atom ? Math.nextUp(low) : high, counts[index]));
    } else {
      double from = atom ? -low : Math.nextUp(-high);
      cells.add(new Cell(from, atom ? Math.nextUp(-low) : -low, counts[index]));
    }
  }

  /** The distances between cells with values, and their counts. */
  void writeTo(ByteArrayOutputStream out) {
    long last = -1;
    for (int i = 0; i < OCTAVES; i++) {
      for (int j = 0; octaves[i] != null && j < COUNTS; j++) {
        if (octaves[i][j] != 0) {
          long index = (long) i * COUNTS + j;
          Varints.put(out, index - last);
          Varints.put(out, octaves[i][j]);
          last = index;
        }
      }
    }
    Varints.put(out, 0);
  }

  static NumberCells read(ByteBuffer in) {
    NumberCells cells = new NumberCells();
    long index = -1;
    for (long step = Varints.get(in); step != 0; step = Varints.get(in)) {
      index += step;
      if (step < 0 || index >= (long) OCTAVES * COUNTS) {
        throw new IllegalArgumentException("a cell that does not exist in a profile: " + index);
      }
      cells.octave((int) (index / COUNTS))[(int) (index % COUNTS)] = Varints.get(in);
    }
    return cells;
  }
}
