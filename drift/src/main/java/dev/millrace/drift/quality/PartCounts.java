package dev.millrace.drift.quality;

import dev.millrace.schemas.operation.StateReader;
import dev.millrace.schemas.operation.StateWriter;
import java.util.Arrays;
import java.util.List;

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

  /** Labelled rows of a part. */
  long rows(int part) {
    return rows[part];
  }

  /** Errors of a part. */
  long errors(int part) {
    return errors[part];
  }

  /** Labelled rows and errors of the window that starts then. */
  WindowErrors sum(long startMillis) {
    return new WindowErrors(startMillis, Arrays.stream(rows).sum(), Arrays.stream(errors).sum());
  }

  Overdispersion dispersion() {
    return Overdispersion.of(rows, errors);
  }

  /** Labelled rows of each part. */
  List<Long> labels() {
    return Arrays.stream(rows).boxed().toList();
  }

  /** Errors of each part. */
  List<Long> errors() {
    return Arrays.stream(errors).boxed().toList();
  }

  /**
   * The counts of a report.
   *
   * @param labels labelled rows of each part
   * @param errors of each part
   */
  public static PartCounts of(List<Long> labels, List<Long> errors) {
    PartCounts counts = new PartCounts();
    for (int part = 0; part < PARTS; part++) {
      counts.rows[part] = labels.get(part);
      counts.errors[part] = errors.get(part);
    }
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
