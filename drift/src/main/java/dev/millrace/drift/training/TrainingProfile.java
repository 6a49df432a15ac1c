package dev.millrace.drift.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.millrace.drift.profile.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The distributions of a model's inputs and scores in its training data: {@code profile.json} in
 * the directory of {@code model.onnx}.
 *
 * @param pipeline the pipeline's name
 * @param modelVersion version of the model in the same directory, see {@link
 *     dev.millrace.schemas.model.ModelArtifact#version}; null if it was written without one
 * @param createdFrom the training rows
 * @param references by feature: the pipeline's inputs in their order, then {@code score} if the
 *     rows had scores
 */
public record TrainingProfile(
    String pipeline,
    @Nullable String modelVersion,
    CreatedFrom createdFrom,
    Map<String, Reference> references) {
  /**
   * The training rows.
   *
   * @param file name of the file
   * @param rows number of rows
   * @param sha256 hexadecimal digest of the file
   * @param from event time of the first row; null if the rows had none
   * @param until event time of the last row; null if the rows had none
   */
  public record CreatedFrom(
      String file, long rows, String sha256, @Nullable Instant from, @Nullable Instant until) {
    /** Training rows without times. */
    public CreatedFrom(String file, long rows, String sha256) {
      this(file, rows, sha256, null, null);
    }
  }

  /** A profile without a model version. */
  public TrainingProfile(
      String pipeline, CreatedFrom createdFrom, Map<String, Reference> references) {
    this(pipeline, null, createdFrom, references);
  }

  /** This profile with a model version. */
  TrainingProfile ofModel(@Nullable String version) {
    return new TrainingProfile(pipeline, version, createdFrom, references);
  }

  /** Copies the references in their order. */
  public TrainingProfile {
    references = Collections.unmodifiableMap(new LinkedHashMap<>(references));
  }

  /**
   * Reads {@code profile.json}.
   *
   * @throws IOException if the file cannot be read
   * @throws IllegalArgumentException if it is not a training profile; the message names the place
   */
  public static TrainingProfile load(Path file) throws IOException {
    return parse(Files.readString(file), file.toString());
  }

  /**
   * Reads the text of a {@code profile.json}.
   *
   * @param name its name in errors
   * @throws IllegalArgumentException if it is not a training profile; the message names the place
   */
  public static TrainingProfile parse(String json, String name) {
    try {
      return new ProfileReader(name).read(json);
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      throw new IllegalArgumentException(
          name + ":" + line + ": not JSON: " + e.getOriginalMessage(), e);
    }
  }

  /**
   * The text of {@code profile.json}. The same rows in the same order make the same text. In
   * another order they make the same text up to 65535 numbers; with more, the edges may differ
   * slightly.
   */
  String toJson() {
    return ProfileWriter.write(this);
  }

  /** Writes {@code profile.json}, making directories where needed. */
  public void save(Path file) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Files.writeString(file, toJson());
  }
}
