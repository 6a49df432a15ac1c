package dev.millrace.drift.job;

import dev.millrace.schemas.digest.Sha256;
import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.Labels;
import dev.millrace.schemas.pipeline.Pipeline;
import java.util.List;

/**
 * Digests of the definitions that state depends on. They are part of uids: state made with one
 * definition is not restored with another.
 */
final class Fingerprint {
  /**
   * Of the records and descriptors that the state of the monitor consists of; raise it when one of
   * them changes.
   */
  private static final String MONITOR_FORMAT = "7";

  /** The same for the state of the label join. */
  private static final String JOIN_FORMAT = "4";

  private Fingerprint() {}

  /**
   * Digest of the definition of the label join. It leaves out maturity, since timers are set again
   * after a change, and the schema of predictions, which Avro resolves.
   */
  static String of(Pipeline pipeline, Labels labels) {
    return of(
        List.of(
            JOIN_FORMAT,
            labels.from(),
            pipeline.source(labels.from()).time(),
            labels.id(),
            labels.value().source()));
  }

  /** Digest of the definition of windows. The state itself names the model and its profile. */
  static String of(Drift drift) {
    return of(List.of(MONITOR_FORMAT, drift.window().toString()));
  }

  /** Digest of texts, in their order. */
  static String of(List<String> parts) {
    return Sha256.shortHex(parts);
  }
}
