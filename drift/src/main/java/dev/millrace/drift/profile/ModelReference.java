package dev.millrace.drift.profile;

import dev.millrace.schemas.digest.Sha256;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;

/**
 * The references that the predictions of one model version are compared with.
 *
 * @param pipeline the pipeline's name
 * @param model the model's name
 * @param version the model version that the references belong to
 * @param digest of what the references were made of, 12 hex digits: a file, or the counts of the
 *     first windows; empty without references, and as long as their bins are not cut
 * @param features the compared features, in the order in which they are counted
 * @param source reads the references; it is serialized instead of them
 * @param blocks reads the counts by time of the same references; {@link #NO_BLOCKS} if there are
 *     none
 * @param uncut the features, if their bins are cut from the first windows; empty otherwise
 * @param slicing the slices that are compared apart, too
 */
public record ModelReference(
    String pipeline,
    String model,
    String version,
    String digest,
    List<String> features,
    Source source,
    Blocks blocks,
    List<UncutFeature> uncut,
    Slicing slicing)
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
    List<List<Block>> of(Duration length);
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

  /** References whose bins are cut. */
  public ModelReference(
      String pipeline,
      String model,
      String version,
      String digest,
      List<String> features,
      Source source,
      Blocks blocks) {
    this(pipeline, model, version, digest, features, source, blocks, List.of(), Slicing.NONE);
  }

  /** These references with slices. */
  public ModelReference with(Slicing other) {
    return new ModelReference(
        pipeline, model, version, digest, features, source, blocks, uncut, other);
  }

  /**
   * The references without counts by time and those of slices, which only the comparison of windows
   * needs.
   */
  public ModelReference withoutBlocks() {
    return new ModelReference(
        pipeline,
        model,
        version,
        digest,
        features,
        source,
        NO_BLOCKS,
        uncut,
        slicing.withoutReferences());
  }

  /** Copies the lists. */
  public ModelReference {
    features = List.copyOf(features);
    uncut = List.copyOf(uncut);
  }

  /** A model version without references, which is monitored by labels alone. */
  public static ModelReference none(String pipeline, String model, String version) {
    return new ModelReference(pipeline, model, version, "", List.of(), List::of);
  }

  /** Whether there is nothing to compare windows of predictions with. */
  public boolean isNone() {
    return features.isEmpty();
  }

  /** References that are made of the first windows of a model version. */
  public static ModelReference uncut(
      String pipeline, String model, String version, List<UncutFeature> features) {
    List<String> names = features.stream().map(UncutFeature::feature).toList();
    return new ModelReference(
        pipeline, model, version, "", names, List::of, NO_BLOCKS, features, Slicing.NONE);
  }

  /**
   * The references made of the first windows.
   *
   * @param firstMillis start of the first window
   * @param counts the sum of the first windows, one for each feature
   * @param firstWindows by feature, its counts in each of them, in the order of time
   */
  public ModelReference cut(
      long firstMillis, List<UncutCounts> counts, Source references, Blocks firstWindows) {
    List<String> parts = new ArrayList<>(List.of(pipeline, model, version));
    parts.add(String.valueOf(firstMillis));
    counts.forEach(count -> parts.add(HexFormat.of().formatHex(count.toBytes())));
    return new ModelReference(
        pipeline, model, version, Sha256.shortHex(parts), features, references, firstWindows);
  }

  /** The features, to count them: in cells as long as their bins are not cut. */
  public List<? extends CountedFeature> counted() {
    return uncut.isEmpty() ? references() : uncut;
  }

  /**
   * Finds the slices of predictions.
   *
   * @param counted see {@link #counted()}
   */
  public Slicer slicer(List<? extends CountedFeature> counted) {
    return Slicer.of(slicing.slices(), counted);
  }

  /** The identity of the references. */
  public ReferenceId id() {
    List<String> parts = new ArrayList<>(features);
    parts.add(0, digest);
    parts.addAll(slicing.names());
    return new ReferenceId(version, Sha256.shortHex(parts));
  }

  /** The references; each call reads them again. */
  public List<Reference> references() {
    return source.get();
  }
}
