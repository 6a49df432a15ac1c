package dev.millrace.drift.policy;

import java.time.Instant;

/**
 * The quality of a model in the newest window of which it is known.
 *
 * @param startMillis start of that window
 * @param endMillis its end
 * @param lost whether the quality was lower than that of the reference
 * @param summary the figures in one line
 */
public record KnownQuality(long startMillis, long endMillis, boolean lost, String summary) {
  /** A sentence for the message of an alert about the model's data. */
  String sentence() {
    return "%s in the newest window with labels, %s to %s (%s)."
        .formatted(
            lost ? "Quality is lost" : "Quality has not changed measurably",
            Instant.ofEpochMilli(startMillis),
            Instant.ofEpochMilli(endMillis),
            summary);
  }
}
