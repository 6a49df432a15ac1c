package dev.millrace.drift.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.Slice;
import dev.millrace.drift.quality.TrainingQuality;
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
 * @param quality of the scores by their labels; null if the rows had no labels or no scores
 * @param slices the same counts by the values of some inputs: each row is in one slice of each of
 *     these inputs
 */
public record TrainingProfile(
    String pipeline,
    @Nullable String modelVersion,
    CreatedFrom createdFrom,
    Map<String, Reference> references,
    @Nullable Blocks blocks,
    @Nullable TrainingQuality quality,
    List<SliceProfile> slices) {
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
   * @param unseenRows by categorical feature, the number of rows with values that no other block
   *     has; without those features for which the profile does not contain it
   */
  public record Block(
      Instant start, long rows, Map<String, Profile> counts, Map<String, Long> unseenRows) {
    /** Copies the counts in their order. */
    public Block {
      counts = Collections.unmodifiableMap(new LinkedHashMap<>(counts));
      unseenRows = Map.copyOf(unseenRows);
    }

    /** A block without the numbers of values that are in no other block. */
    public Block(Instant start, long rows, Map<String, Profile> counts) {
      this(start, rows, counts, Map.of());
    }
  }

  /**
   * The rows of one slice.
   *
   * @param counts by feature of the references, over their bins
   * @param blocks some of the blocks, if there are any: a slice needs no more than calibrate its
   *     tests
   */
  public record SliceProfile(
      Slice slice, long rows, Map<String, Profile> counts, List<Block> blocks) {
    /** Copies the counts in their order. */
    public SliceProfile {
      counts = Collections.unmodifiableMap(new LinkedHashMap<>(counts));
      blocks = List.copyOf(blocks);
    }
  }

  /** A profile without a model version, blocks and slices. */
  public TrainingProfile(
      String pipeline, CreatedFrom createdFrom, Map<String, Reference> references) {
    this(pipeline, null, createdFrom, references, null, null, List.of());
  }

  /** This profile with a model version. */
  TrainingProfile ofModel(@Nullable String version) {
    return new TrainingProfile(pipeline, version, createdFrom, references, blocks, quality, slices);
  }

  /** This profile without blocks and slices. */
  TrainingProfile withoutBlocks() {
    return new TrainingProfile(
        pipeline, modelVersion, createdFrom, references, null, quality, List.of());
  }

  /** Copies the references in their order. */
  public TrainingProfile {
    references = Collections.unmodifiableMap(new LinkedHashMap<>(references));
    slices = List.copyOf(slices);
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
