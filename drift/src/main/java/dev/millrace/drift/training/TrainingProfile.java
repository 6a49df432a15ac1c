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
 * What a model's inputs and scores looked like in its training data: {@code profile.json}, which
 * lies beside {@code model.onnx}.
 *
 * @param pipeline the pipeline's name
 * @param modelVersion of the model that it lies beside, see {@link
 *     dev.millrace.schemas.model.ModelArtifact#version}; null where it was written without one
 * @param createdFrom the training rows
 * @param references by feature: the pipeline's inputs in their order, then {@code score} where the
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
   * @param rows how many there were
   * @param sha256 hexadecimal digest of the file
   * @param from event time of the first one; null where they had none
   * @param until event time of the last one; null likewise
   */
  public record CreatedFrom(
      String file, long rows, String sha256, @Nullable Instant from, @Nullable Instant until) {
    /** Rows without times. */
    public CreatedFrom(String file, long rows, String sha256) {
      this(file, rows, sha256, null, null);
    }
  }

  /** A profile that names no model version. */
  public TrainingProfile(
      String pipeline, CreatedFrom createdFrom, Map<String, Reference> references) {
    this(pipeline, null, createdFrom, references);
  }

  /** The same for a model version. */
  public TrainingProfile ofModel(@Nullable String version) {
    return new TrainingProfile(pipeline, version, createdFrom, references);
  }

  /** Copies the references, keeping their order. */
  public TrainingProfile {
    references = Collections.unmodifiableMap(new LinkedHashMap<>(references));
  }

  /**
   * Reads {@code profile.json}.
   *
   * @throws IOException when the file cannot be read
   * @throws IllegalArgumentException when it is no training profile, naming the place
   */
  public static TrainingProfile load(Path file) throws IOException {
    return parse(Files.readString(file), file.toString());
  }

  /**
   * Reads the text of a {@code profile.json}.
   *
   * @param name what to call it in errors
   * @throws IllegalArgumentException when it is no training profile, naming the place
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
   * The text of {@code profile.json}. The same rows in the same order make the same text; in
   * another order too, of numbers up to 65535, while the edges of more may differ a little.
   */
  public String toJson() {
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
