package dev.millrace.drift.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
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
 * @param blocks the same counts by time; null if there are none
 */
public record TrainingProfile(
    String pipeline,
    @Nullable String modelVersion,
    CreatedFrom createdFrom,
    Map<String, Reference> references,
    @Nullable Blocks blocks) {
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

  /**
   * The counts of the references divided by event time, so that a detector can measure how windows
   * differ that have not drifted. The sum of the blocks is the whole: each value is in one block.
   *
   * @param length of each block, that of the drift window; blocks are aligned to the epoch
   * @param list blocks with rows, in the order of time
   */
  public record Blocks(Duration length, List<Block> list) {
    /** Copies the list. */
    public Blocks {
      list = List.copyOf(list);
    }
  }

  /**
   * The rows of one block. The first and the last one may lie only partly in the period of the
   * rows.
   *
   * @param start of the block; its end is the start of the next one
   * @param counts by feature of the references, over their bins
   */
  public record Block(Instant start, long rows, Map<String, Profile> counts) {
    /** Copies the counts in their order. */
    public Block {
      counts = Collections.unmodifiableMap(new LinkedHashMap<>(counts));
    }
  }

  /** A profile without a model version and blocks. */
  public TrainingProfile(
      String pipeline, CreatedFrom createdFrom, Map<String, Reference> references) {
    this(pipeline, null, createdFrom, references, null);
  }

  /** This profile with a model version. */
  TrainingProfile ofModel(@Nullable String version) {
    return new TrainingProfile(pipeline, version, createdFrom, references, blocks);
  }

  /** This profile without blocks. */
  TrainingProfile withoutBlocks() {
    return new TrainingProfile(pipeline, modelVersion, createdFrom, references, null);
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
