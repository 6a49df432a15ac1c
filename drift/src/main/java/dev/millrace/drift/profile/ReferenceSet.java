package dev.millrace.drift.profile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import dev.millrace.schemas.model.ModelArtifact;
import java.io.Serializable;
import java.util.List;
import java.util.function.Supplier;

/**
 * The references that the predictions of one model version are compared with.
 *
 * @param pipeline the pipeline's name
 * @param model the model's name
 * @param version the model version that the references belong to
 * @param digest of the file that holds the references, 12 hex digits
 * @param features the compared features, in the order in which they are counted
 * @param source reads the references; it is serialized instead of them
 */
public record ReferenceSet(
    String pipeline,
    String model,
    String version,
    String digest,
    List<String> features,
    Source source)
    implements Serializable {
  /** Reads the references in the order of the features. */
  public interface Source extends Supplier<List<Reference>>, Serializable {}

  /** Copies the names. */
  public ReferenceSet {
    features = List.copyOf(features);
  }

  /** The identity of the references. */
  public ReferenceId id() {
    String parts = digest + "\0" + features.stream().map(f -> f + "\0").collect(joining());
    return new ReferenceId(version, ModelArtifact.digest(parts.getBytes(UTF_8)));
  }

  /** The references, read anew. */
  public List<Reference> references() {
    return source.get();
  }
}
