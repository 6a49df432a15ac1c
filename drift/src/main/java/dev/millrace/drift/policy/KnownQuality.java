package dev.millrace.drift.policy;

import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.detect.Verdict;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The quality of a model in the newest window of which it is known.
 *
 * @param startMillis start of that window
 * @param endMillis its end
 * @param lost whether the quality was lower than that of the reference
 * @param summary the figures in one line
 */
public record KnownQuality(long startMillis, long endMillis, boolean lost, String summary) {
  /**
   * The quality after a window's signal. Of one window the signal of {@link Cause#QUALITY} is the
   * last, so its figures are those that stay.
   *
   * @param before null before the first
   * @param lost whether an episode of a loss lasts
   */
  static @Nullable KnownQuality after(
      @Nullable KnownQuality before, CauseFinding finding, boolean lost) {
    boolean measures = finding.cause() == Cause.QUALITY || finding.cause() == Cause.CONCEPT;
    if (!measures || finding.verdict() == Verdict.INSUFFICIENT) {
      return before;
    }
    return new KnownQuality(finding.startMillis(), finding.endMillis(), lost, finding.summary());
  }

  /** A sentence for the message of an alert about the model's data. */
  String sentence() {
    return "%s in the newest window whose labels had come, %s to %s (%s)."
        .formatted(
            lost ? "Quality is lost" : "Quality has not changed measurably",
            Instant.ofEpochMilli(startMillis),
            Instant.ofEpochMilli(endMillis),
            summary);
  }
}
