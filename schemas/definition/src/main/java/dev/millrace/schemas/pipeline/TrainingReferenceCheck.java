package dev.millrace.schemas.pipeline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.schemas.model.ModelArtifact;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks that a pipeline's predictions can be compared with its model's training data. */
public final class TrainingReferenceCheck {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private TrainingReferenceCheck() {}

  /**
   * The reason why drift cannot be detected although the pipeline has a model and configures drift:
   * the state "no reference".
   *
   * @return null if there is a reference, or none is needed
   */
  public static @Nullable String missing(Pipeline pipeline) {
    Model model = pipeline.model();
    Path directory = model == null ? null : model.path();
    Drift drift = pipeline.drift();
    if (drift == null || drift.first() != null || directory == null) {
      return null;
    }
    Path profile = ModelArtifact.profile(directory);
    try {
      if (!Files.exists(profile)) {
        return "%s is missing: write it from the training data with 'millrace profile'"
            .formatted(profile);
      }
      String of = modelVersion(Files.readString(profile));
      String version = ModelArtifact.read(directory).version();
      return of == null || of.equals(version)
          ? null
          : "%s belongs to model version %s, but %s is version %s: write the profile of this model's training data with 'millrace profile'"
              .formatted(profile, of, ModelArtifact.model(directory), version);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the model of " + directory, e);
    }
  }

  /**
   * The inputs of {@code drift.slices} that the training profile has no slices of, so that they are
   * not compared apart.
   */
  public static List<String> missingSlices(Pipeline pipeline) {
    Model model = pipeline.model();
    Path directory = model == null ? null : model.path();
    Drift drift = pipeline.drift();
    if (drift == null || drift.slices().isEmpty() || directory == null) {
      return List.of();
    }
    Path profile = ModelArtifact.profile(directory);
    try {
      JsonNode slices =
          MAPPER.readTree(Files.exists(profile) ? Files.readString(profile) : "{}").path("slices");
      Set<String> inputs = new HashSet<>();
      slices.forEach(slice -> inputs.add(slice.path("input").asText()));
      return drift.slices().stream().filter(input -> !inputs.contains(input)).toList();
    } catch (JsonProcessingException e) {
      return List.of(); // Its reader reports it.
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + profile, e);
    }
  }

  /**
   * The model version in the profile; null if it has none or is damaged, which its reader reports.
   */
  private static @Nullable String modelVersion(String profile) {
    try {
      return MAPPER.readTree(profile).path("model_version").textValue();
    } catch (JsonProcessingException e) {
      return null;
    }
  }
}
