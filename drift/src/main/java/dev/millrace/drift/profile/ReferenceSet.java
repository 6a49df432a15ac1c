package dev.millrace.drift.profile;

import dev.millrace.drift.profile.Reference;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.util.function.SerializableSupplier;

/**
 * What the predictions of one model version are compared with.
 *
 * @param pipeline the pipeline's name
 * @param model the model's name
 * @param version the model version that the references belong to
 * @param digest of the file that holds the references, 12 hex digits
 * @param features the references' features, in their order
 * @param profile reads the references; carried instead of them, since they are rebuilt anyway
 */
public record ReferenceSet(
    String pipeline,
    String model,
    String version,
    String digest,
    List<String> features,
    SerializableSupplier<List<Reference>> profile)
    implements Serializable {

  public ReferenceSet {
    features = List.copyOf(features);
  }

  /** What identifies the references. */
  ReferenceId reference() {
    List<String> parts = new ArrayList<>(features);
    parts.add(0, digest);
    return new ReferenceId(version, Fingerprint.of(parts));
  }

  /** The references, read anew. */
  public List<Reference> references() {
    return profile.get();
  }
}
