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
 * The rows that a training profile was made of, as it says itself; what a window of live
 * predictions can be expected to hold.
 *
 * @param rows how many there were
 * @param from event time of the first one; null where they had none
 * @param until event time of the last one; null likewise
 */
public record ProfiledRows(long rows, @Nullable Instant from, @Nullable Instant until) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /**
   * Reads {@code created_from} of a training profile.
   *
   * @return null where the file is no training profile
   * @throws IOException when it cannot be read
   */
  public static @Nullable ProfiledRows read(Path profile) throws IOException {
    JsonNode from = MAPPER.readTree(Files.readString(profile)).path("created_from");
    return from.path("rows").isIntegralNumber()
        ? new ProfiledRows(from.path("rows").longValue(), time(from, "from"), time(from, "until"))
        : null;
  }

  /** How many rows fell into as much time, on average; null where they had no time, or one only. */
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
