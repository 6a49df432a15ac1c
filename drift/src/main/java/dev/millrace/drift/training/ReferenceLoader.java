package dev.millrace.drift.training;

import dev.millrace.drift.profile.Block;
import dev.millrace.drift.profile.ModelReference;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.UncutFeature;
import dev.millrace.drift.quality.TrainingQuality;
import dev.millrace.schemas.model.ModelArtifact;
import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.Durations;
import dev.millrace.schemas.pipeline.InputType;
import dev.millrace.schemas.pipeline.Model;
import dev.millrace.schemas.pipeline.ModelInput;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.TrainingReferenceCheck;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads the references of a pipeline's model from the training profile in its directory. */
public final class ReferenceLoader {
  private static final Logger log = LoggerFactory.getLogger(ReferenceLoader.class);

  private ReferenceLoader() {}

  /**
   * Reads the training profile in the model's directory.
   *
   * @return {@link ModelReference#none} if there is nothing to compare with, but labels; null if
   *     there are none either, or no model; the reason is logged
   * @throws IllegalArgumentException if the profile is damaged
   */
  public static @Nullable ModelReference load(Pipeline pipeline) throws IOException {
    String name = pipeline.name();
    if (pipeline.drift() == null) {
      log.info("Pipeline {} has no 'drift' section: no drift detection.", name);
      return null;
    }
    Model model = pipeline.model();
    Path directory = model == null ? null : model.path();
    if (model == null || directory == null) {
      log.info("Pipeline {} has no model yet and only collects: no drift detection.", name);
      return null;
    }
    if (pipeline.drift().first() != null) {
      return first(pipeline, model, ModelArtifact.model(directory));
    }
    String missing = TrainingReferenceCheck.missing(pipeline);
    if (missing != null) {
      log.warn("Pipeline {} has no reference for drift of its inputs: {}", name, missing);
      return none(pipeline, model, ModelArtifact.model(directory));
    }
    ModelReference reference =
        read(
            pipeline,
            model,
            ModelArtifact.digest(Files.readAllBytes(ModelArtifact.model(directory))),
            ModelArtifact.profile(directory));
    return reference == null ? none(pipeline, model, ModelArtifact.model(directory)) : reference;
  }

  /** The version alone, if it is monitored by labels. */
  private static @Nullable ModelReference none(Pipeline pipeline, Model model, Path modelFile)
      throws IOException {
    return pipeline.labels() == null || !Files.exists(modelFile)
        ? null
        : ModelReference.none(
            pipeline.name(), model.name(), ModelArtifact.digest(Files.readAllBytes(modelFile)));
  }

  /**
   * Reads a training profile from any file, as the reference of one version of the pipeline's
   * model.
   *
   * @return null if it has none of the model's inputs, which is logged
   * @throws IllegalArgumentException if the profile is damaged, or the pipeline has no model
   */
  public static @Nullable ModelReference load(Pipeline pipeline, Path profileFile, String version)
      throws IOException {
    Model model = pipeline.model();
    if (model == null) {
      throw new IllegalArgumentException("pipeline %s has no model".formatted(pipeline.name()));
    }
    return read(pipeline, model, version, profileFile);
  }

  /**
   * The quality of the scores of the pipeline's model in the profiled rows.
   *
   * @return null if no profile is the model's reference, or it is one without labels
   * @throws IllegalArgumentException if the profile is damaged
   */
  public static TrainingQuality.@Nullable OfVersion quality(Pipeline pipeline) throws IOException {
    Model model = pipeline.model();
    Path directory = model == null ? null : model.path();
    Drift drift = pipeline.drift();
    if (directory == null
        || drift == null
        || drift.first() != null
        || TrainingReferenceCheck.missing(pipeline) != null) {
      return null;
    }
    TrainingQuality quality = TrainingProfile.load(ModelArtifact.profile(directory)).quality();
    return quality == null
        ? null
        : new TrainingQuality.OfVersion(
            ModelArtifact.digest(Files.readAllBytes(ModelArtifact.model(directory))), quality);
  }

  private static @Nullable ModelReference read(
      Pipeline pipeline, Model model, String version, Path profileFile) throws IOException {
    byte[] bytes = Files.readAllBytes(profileFile);
    String json = new String(bytes, StandardCharsets.UTF_8);
    String place = profileFile.toString();
    TrainingProfile profile = TrainingProfile.parse(json, place);
    List<String> features = features(pipeline, profile.references(), place);
    if (features.isEmpty()) {
      log.warn(
          "No drift detection for pipeline {}: {} has none of its inputs.", pipeline.name(), place);
      return null;
    }
    // Each counting task gets a copy of the references, and only one task compares blocks.
    String kept = profile.blocks() == null ? json : profile.withoutBlocks().toJson();
    return new ModelReference(
            pipeline.name(),
            model.name(),
            version,
            ModelArtifact.digest(bytes),
            features,
            () -> references(TrainingProfile.parse(kept, place), features),
            profile.blocks() == null
                ? ModelReference.NO_BLOCKS
                : length -> blocks(TrainingProfile.parse(json, place), features, length, place))
        .with(SliceLoader.of(profile, pipeline.drift(), features, json, place));
  }

  private static List<List<Block>> blocks(
      TrainingProfile profile, List<String> features, Duration length, String place) {
    TrainingProfile.Blocks blocks = Objects.requireNonNull(profile.blocks());
    if (!blocks.length().equals(length)) {
      log.warn(
          "The blocks of {} are {} long and drift.window is {}: the first windows calibrate the"
              + " tests. Write the profile again with 'millrace profile' to do without.",
          place,
          Durations.format(blocks.length()),
          Durations.format(length));
      return List.of();
    }
    List<List<Block>> all = new ArrayList<>();
    for (String feature : features) {
      all.add(blocks(profile, feature));
    }
    return all;
  }

  /** The blocks of one feature, over its bins in single precision. */
  static List<Block> blocks(TrainingProfile profile, String feature) {
    Reference reference = Objects.requireNonNull(profile.references().get(feature));
    List<Block> blocks = new ArrayList<>();
    for (TrainingProfile.Block block : Objects.requireNonNull(profile.blocks()).list()) {
      Profile counts = Objects.requireNonNull(block.counts().get(feature));
      Profile inBins = reference.withCounts(counts).inSinglePrecision().profile();
      blocks.add(new Block(block.start().toEpochMilli(), inBins, block.unseenRows().get(feature)));
    }
    return blocks;
  }

  /** The reference is made of the first predictions; a profile, if there is one, is not read. */
  private static ModelReference first(Pipeline pipeline, Model model, Path modelFile)
      throws IOException {
    List<UncutFeature> features = new ArrayList<>();
    for (ModelInput input : pipeline.inputs()) {
      InputType type = input.type();
      boolean numeric = type == InputType.NUMBER || type == InputType.INTEGER;
      features.add(new UncutFeature(input.name(), numeric));
    }
    features.add(new UncutFeature(Reference.SCORE, true));
    return ModelReference.uncut(
        pipeline.name(),
        model.name(),
        ModelArtifact.digest(Files.readAllBytes(modelFile)),
        features);
  }

  /** The inputs that have a reference, in the model's order, and the score if it has one. */
  private static List<String> features(
      Pipeline pipeline, Map<String, Reference> references, String place) {
    List<String> features = new ArrayList<>();
    for (ModelInput input : pipeline.inputs()) {
      if (references.containsKey(input.name())) {
        features.add(input.name());
      } else {
        log.warn("No drift detection for input {}: {} does not have it.", input.name(), place);
      }
    }
    if (references.containsKey(Reference.SCORE)) {
      features.add(Reference.SCORE);
    }
    return features;
  }

  private static List<Reference> references(TrainingProfile profile, List<String> features) {
    return features.stream()
        .map(feature -> Objects.requireNonNull(profile.references().get(feature)))
        .map(Reference::inSinglePrecision)
        .toList();
  }
}
