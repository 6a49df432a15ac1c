package dev.millrace.drift.quality;

import dev.millrace.schemas.operation.StateReader;
import dev.millrace.schemas.operation.StateWriter;
import java.util.Arrays;

/**
 * Labelled rows and errors of the equal parts of a window, in the order of event time: the batches
 * of concept detection, and the blocks that show how rows depend on each other. Not thread-safe.
 */
public final class PartCounts {
  /** The number of parts of a window. */
  public static final int PARTS = 64;

  private final long[] rows = new long[PARTS];
  private final long[] errors = new long[PARTS];

  /**
   * Counts a row.
   *
   * @param part from 0
   */
  void add(int part, boolean error) {
    rows[part]++;
    errors[part] += error ? 1 : 0;
  }

  /** Adds all counts of others. */
  public void add(PartCounts other) {
    for (int part = 0; part < PARTS; part++) {
      rows[part] += other.rows[part];
      errors[part] += other.errors[part];
    }
  }

  /** Labelled rows of a part. */
  public long rows(int part) {
    return rows[part];
  }

  /** Errors of a part. */
  public long errors(int part) {
    return errors[part];
  }

  /** Labelled rows and errors of the window. */
  WindowErrors sum() {
    return new WindowErrors(Arrays.stream(rows).sum(), Arrays.stream(errors).sum());
  }

  Dispersion dispersion() {
    return Dispersion.of(rows, errors);
  }

  /** The counts in bytes. */
  public byte[] toBytes() {
    StateWriter out = new StateWriter();
    write(out);
    return out.toBytes();
  }

  /** The counts that {@link #toBytes} encoded. */
  public static PartCounts of(byte[] bytes) {
    PartCounts counts = new PartCounts();
    counts.read(new StateReader(bytes));
    return counts;
  }

  void write(StateWriter out) {
    for (int part = 0; part < PARTS; part++) {
      out.varint(rows[part]);
      out.varint(errors[part]);
    }
  }

  /** Adds what {@link #write} wrote. */
  void read(StateReader in) {
    for (int part = 0; part < PARTS; part++) {
      rows[part] += in.varint();
      errors[part] += in.varint();
    }
  }
}
