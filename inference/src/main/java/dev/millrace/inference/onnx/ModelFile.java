package dev.millrace.inference.onnx;

import dev.millrace.schemas.model.ModelArtifact;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/** The bytes of a model, read once: what is hashed is what is checked and what is loaded. */
public final class ModelFile {
  /**
   * While a model loads, its bytes stand on the heap and again in ONNX Runtime; far above any tree
   * ensemble or tabular network, far below the heap of a serving process.
   */
  static final long MAX_BYTES = 256L << 20;

  private final Path path;
  private final byte[] bytes;

  private ModelFile(Path path, byte[] bytes) {
    this.path = path;
    this.bytes = bytes;
  }

  /**
   * Reads {@code model.onnx} of a model directory.
   *
   * @throws ModelException if it is missing, a link, too large, or keeps weights in other files
   */
  public static ModelFile read(Path directory) {
    Path path = ModelArtifact.model(directory);
    if (Files.isSymbolicLink(path)) {
      throw new ModelException(
          "%s is a symbolic link, which could point anywhere: put the file itself there"
              .formatted(path));
    }
    if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new ModelException(
          "There is no model at %s: model.path must name a directory that holds %s"
              .formatted(path, ModelArtifact.MODEL));
    }
    return of(path, load(path));
  }

  /**
   * A model whose bytes are at hand.
   *
   * @throws ModelException if it keeps weights in other files
   */
  public static ModelFile of(Path path, byte[] bytes) {
    Optional<String> tensor = ExternalData.find(bytes);
    if (tensor.isPresent()) {
      throw new ModelException(
          "%s keeps %s in another file, which is not read: export the model into one file, for example with onnx.save(model, path, save_as_external_data=False)"
              .formatted(path, tensor.get()));
    }
    return new ModelFile(path, bytes);
  }

  private static byte[] load(Path path) {
    try (InputStream in = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)) {
      byte[] bytes = in.readNBytes((int) MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new ModelException(
            "%s is larger than %d MiB, the most that is loaded: use a smaller model"
                .formatted(path, MAX_BYTES >> 20));
      }
      return bytes;
    } catch (IOException e) {
      throw new ModelException("%s cannot be read: %s".formatted(path, e), e);
    }
  }

  /** Where the bytes were read, for messages. */
  Path path() {
    return path;
  }

  byte[] bytes() {
    return bytes;
  }

  /** The model's version, see {@link ModelArtifact#version}. */
  public String version() {
    return ModelArtifact.digest(bytes);
  }
}
