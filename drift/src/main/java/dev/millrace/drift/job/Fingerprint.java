package dev.millrace.drift.job;

import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.Labels;
import dev.millrace.schemas.pipeline.Pipeline;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Digests of the definitions that state depends on. They are part of uids: state that was made by
 * one definition is not found by another.
 */
final class Fingerprint {
  private static final int DIGITS = 12;

  private Fingerprint() {}

  /**
   * Of labels that are held, and of events that have had theirs. Maturity may change, what waits is
   * timed anew; so may the schema of predictions, which Avro resolves.
   */
  static String of(Pipeline pipeline, Labels labels) {
    return of(
        List.of(
            labels.from(),
            pipeline.source(labels.from()).time(),
            labels.id(),
            labels.value().source()));
  }

  /** Of counts of windows. The model and its profile are named in the state itself. */
  static String of(Drift drift) {
    return of(List.of(drift.window().toString()));
  }

  /** Of some texts, in their order. */
  static String of(List<String> parts) {
    MessageDigest digest = sha256();
    for (String part : parts) {
      digest.update(part.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
    }
    return HexFormat.of().formatHex(digest.digest()).substring(0, DIGITS);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
