package dev.millrace.drift.quality;

import dev.millrace.schemas.operation.ExactSum;
import dev.millrace.schemas.operation.StateReader;
import dev.millrace.schemas.operation.StateWriter;
import java.util.TreeMap;

/**
 * Exact sums of the differences of one loss of two models, of each event that both scored: of all,
 * and of each part of the window, since events near each other depend on each other. Not
 * thread-safe.
 */
final class PairedLoss {
  private final Moments values = new Moments();
  private final TreeMap<Integer, Part> parts = new TreeMap<>();
  private long rows;

  /** The events of a part of the window. */
  private static final class Part {
    final ExactSum sum = new ExactSum();
    long rows;
  }

  /**
   * Counts an event.
   *
   * @param difference the second model's loss less the first one's
   * @param part of the window; negative: parts are not counted
   */
  void add(double difference, int part) {
    rows++;
    values.add(difference);
    if (part >= 0) {
      Part counted = part(part);
      counted.rows++;
      counted.sum.add(difference);
    }
  }

  private Part part(int part) {
    return parts.computeIfAbsent(part, number -> new Part());
  }

  /** Events counted. */
  long rows() {
    return rows;
  }

  /** The differences. */
  Moments values() {
    return values;
  }

  /** How much more the parts differ than independent events would. */
  Overdispersion dispersion() {
    return rows < 2
        ? Overdispersion.NONE
        : Overdispersion.of(
            parts.values().stream().mapToLong(part -> part.rows).toArray(),
            parts.values().stream().mapToDouble(part -> part.sum.value()).toArray(),
            values.mean(rows),
            values.variance(rows));
  }

  void write(StateWriter out) {
    out.varint(rows);
    values.write(out);
    out.varint(parts.size());
    parts.forEach(
        (number, part) -> {
          out.varint(number);
          out.varint(part.rows);
          part.sum.write(out);
        });
  }

  /** Adds what {@link #write} wrote. */
  void read(StateReader in) {
    rows += in.varint();
    values.read(in);
    for (long left = in.varint(); left > 0; left--) {
      Part part = part((int) in.varint());
      part.rows += in.varint();
      part.sum.read(in);
    }
  }
}
