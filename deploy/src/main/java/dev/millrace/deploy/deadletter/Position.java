package dev.millrace.deploy.deadletter;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** The position of a dead letter in its topic, written as {@code <partition>:<offset>}. */
public record Position(int partition, long offset) implements Comparable<Position> {
  private static final Comparator<Position> ORDER =
      Comparator.comparingInt(Position::partition).thenComparingLong(Position::offset);

  /**
   * Reads a position.
   *
   * @throws IllegalArgumentException if the text is not {@code <partition>:<offset>}
   */
  public static Position parse(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length == 2) {
      try {
        Position position = new Position(Integer.parseInt(parts[0]), Long.parseLong(parts[1]));
        if (position.partition >= 0 && position.offset >= 0) {
          return position;
        }
      } catch (NumberFormatException e) {
        // Reported below, with the text.
      }
    }
    throw new IllegalArgumentException(
        "'%s' is not a position; write <partition>:<offset>, such as 0:17".formatted(text));
  }

  /** The position in a header; null if there is none, or it is not valid. */
  static @Nullable Position orNull(@Nullable String text) {
    try {
      return text == null ? null : parse(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  @Override
  public int compareTo(Position other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return partition + ":" + offset;
  }
}
