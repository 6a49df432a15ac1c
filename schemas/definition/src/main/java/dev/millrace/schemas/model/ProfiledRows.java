package dev.millrace.schemas.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/**
 * The rows that a training profile was made from, as the profile states them. They allow an
 * estimate of how many predictions a window will have.
 *
 * @param rows their number
 * @param from event time of the first row; null where rows have no time
 * @param until event time of the last row; null likewise
 */
public record ProfiledRows(long rows, @Nullable Instant from, @Nullable Instant until) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /**
   * Reads {@code created_from} of a training profile.
   *
   * @return null where the file is not a training profile
   * @throws IOException when it cannot be read
   */
  public static @Nullable ProfiledRows read(Path profile) throws IOException {
    JsonNode from = MAPPER.readTree(Files.readString(profile)).path("created_from");
    return from.path("rows").isIntegralNumber()
        ? new ProfiledRows(from.path("rows").longValue(), time(from, "from"), time(from, "until"))
        : null;
  }

  /** The average number of rows in a window; null where rows have no time, or all the same. */
  public @Nullable Double perWindow(Duration window) {
    if (from == null || until == null || !until.isAfter(from)) {
      return null;
    }
    return (double) rows * window.toMillis() / Duration.between(from, until).toMillis();
  }

  private static @Nullable Instant time(JsonNode from, String key) {
    try {
      return from.hasNonNull(key) ? Instant.parse(from.get(key).asText()) : null;
    } catch (DateTimeParseException e) {
      return null;
    }
  }
}
