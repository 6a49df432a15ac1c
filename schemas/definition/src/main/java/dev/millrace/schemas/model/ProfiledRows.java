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
 * Number and times of the rows that a training profile was made from, as stated in the profile. The
 * number of predictions in a window is estimated from them.
 *
 * @param rows their number
 * @param from event time of the first row; null if rows have no time
 * @param until event time of the last row; null if rows have no time
 */
public record ProfiledRows(long rows, @Nullable Instant from, @Nullable Instant until) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /**
   * Reads {@code created_from} of a training profile.
   *
   * @return null if the file is not a training profile
   * @throws IOException if it cannot be read
   */
  public static @Nullable ProfiledRows read(Path profile) throws IOException {
    JsonNode from = MAPPER.readTree(Files.readString(profile)).path("created_from");
    return from.path("rows").isIntegralNumber()
        ? new ProfiledRows(from.path("rows").longValue(), time(from, "from"), time(from, "until"))
        : null;
  }

  /**
   * The average number of rows in a window; null if rows have no time, or all have the same time.
   */
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
