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
  /** Of the records and descriptors that states consist of; raise it when one of them changes. */
  private static final String STATE_FORMAT = "2";

  private Fingerprint() {}

  /**
   * Of the state of the label join. Maturity may change, since timers are set again then; so may
   * the schema of predictions, which Avro resolves.
   */
  static String of(Pipeline pipeline, Labels labels) {
    return of(
        List.of(
            STATE_FORMAT,
            labels.from(),
            pipeline.source(labels.from()).time(),
            labels.id(),
            labels.value().source()));
  }

  /** Of the counts of windows. The state itself names the model and its profile. */
  static String of(Drift drift) {
    return of(List.of(STATE_FORMAT, drift.window().toString()));
  }

  /** Of some texts, in their order. */
  static String of(List<String> parts) {
    return Sha256.shortHex(parts);
  }
}
