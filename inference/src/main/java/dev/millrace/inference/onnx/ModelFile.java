package dev.millrace.inference.onnx;

import dev.millrace.schemas.model.ModelArtifact;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The bytes of a model, read once: the same bytes are hashed, checked and loaded. */
public final class ModelFile {
  /**
   * While a model is loaded, its bytes are on the heap and in ONNX Runtime. The limit is far above
   * the size of tree ensembles and tabular networks, and far below the heap of a serving process.
   */
  static final long MAX_BYTES = 256L << 20;

  private final Path path;
  private final byte[] bytes;
  private final @Nullable String profile;

  private ModelFile(Path path, byte[] bytes, @Nullable String profile) {
    this.path = path;
    this.bytes = bytes;
    this.profile = profile;
  }

  /**
   * Reads {@code model.onnx} of a model directory, and the training profile beside it.
   *
   * @throws ModelException if it is missing, a link, too large, or has weights in other files
   */
  public static ModelFile read(Path directory) {
    Path path = ModelArtifact.model(directory);
    if (Files.isSymbolicLink(path)) {
      throw new ModelException(
          "%s is a symbolic link, which is not followed: put the file itself there"
              .formatted(path));
    }
    if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new ModelException(
          "There is no model at %s: model.path must name a directory that contains %s"
              .formatted(path, ModelArtifact.MODEL));
    }
    return new ModelFile(path, checked(path, load(path)), profile(directory));
  }

  /**
   * A model whose bytes were read already.
   *
   * @throws ModelException if it has weights in other files
   */
  public static ModelFile of(Path path, byte[] bytes) {
    return new ModelFile(path, checked(path, bytes), null);
  }

  private static byte[] checked(Path path, byte[] bytes) {
    Optional<String> tensor = ExternalData.find(bytes);
    if (tensor.isPresent()) {
      throw new ModelException(
          "%s has %s in another file, which is not read: export the model into one file, for example with onnx.save(model, path, save_as_external_data=False)"
              .formatted(path, tensor.get()));
    }
    return bytes;
  }

  private static @Nullable String profile(Path directory) {
    Path path = ModelArtifact.profile(directory);
    try {
      return Files.exists(path) ? Files.readString(path) : null;
    } catch (IOException e) {
      throw new ModelException("%s cannot be read: %s".formatted(path, e), e);
    }
  }

  private static byte[] load(Path path) {
    try (InputStream in = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)) {
      byte[] bytes = in.readNBytes((int) MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new ModelException(
            "%s is larger than %d MiB, the largest size that is loaded: use a smaller model"
                .formatted(path, MAX_BYTES >> 20));
      }
      return bytes;
    } catch (IOException e) {
      throw new ModelException("%s cannot be read: %s".formatted(path, e), e);
    }
  }

  /** The file, for messages. */
  Path path() {
    return path;
  }

  byte[] bytes() {
    return bytes;
  }

  /** The text of the training profile beside the model; null if there is none. */
  @Nullable String profile() {
    return profile;
  }

  /** The model's version, see {@link ModelArtifact#version}. */
  public String version() {
    return ModelArtifact.digest(bytes);
  }
}
