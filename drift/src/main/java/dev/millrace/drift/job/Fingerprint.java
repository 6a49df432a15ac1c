package dev.millrace.drift.job;

import dev.millrace.schemas.digest.Sha256;
import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.Labels;
import dev.millrace.schemas.pipeline.Pipeline;
import java.util.List;

/**
 * Digests of the definitions that state depends on. They are part of uids: state that was made by
 * one definition is not found by another.
 */
final class Fingerprint {
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
    return Sha256.shortHex(parts);
  }
}
