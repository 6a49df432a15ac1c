package dev.millrace.drift.profile;

import dev.millrace.schemas.digest.Sha256;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
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
 * @param blocks reads the counts by time of the same references; {@link #NO_BLOCKS} if there are
 *     none
 */
public record ModelReference(
    String pipeline,
    String model,
    String version,
    String digest,
    List<String> features,
    Source source,
    Blocks blocks)
    implements Serializable {
  /** Reads the references in the order of the features. */
  public interface Source extends Supplier<List<Reference>>, Serializable {}

  /** Without counts by time. */
  public static final Blocks NO_BLOCKS = length -> List.of();

  /** Reads the counts by time of the references. */
  public interface Blocks extends Serializable {
    /**
     * The blocks of each reference, in the order of the features and of time; empty if there are
     * none of this length.
     */
    List<List<Profile>> of(Duration length);
  }

  /** References without counts by time. */
  public ModelReference(
      String pipeline,
      String model,
      String version,
      String digest,
      List<String> features,
      Source source) {
    this(pipeline, model, version, digest, features, source, NO_BLOCKS);
  }

  /** The references without counts by time, which only the comparison of windows needs. */
  public ModelReference withoutBlocks() {
    return new ModelReference(pipeline, model, version, digest, features, source);
  }

  /** Copies the names. */
  public ModelReference {
    features = List.copyOf(features);
  }

  /** The identity of the references. */
  public ReferenceId id() {
    List<String> parts = new ArrayList<>(features);
    parts.add(0, digest);
    return new ReferenceId(version, Sha256.shortHex(parts));
  }

  /** The references; each call reads them again. */
  public List<Reference> references() {
    return source.get();
  }
}
