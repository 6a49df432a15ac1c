package dev.millrace.schemas.model;

import dev.millrace.schemas.digest.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The identity of a model directory's content: {@code model.onnx}, and {@code profile.json}, the
 * profile of the data that the model was trained on. No other class names these files or computes
 * their digests.
 *
 * @param version of the model, as in predictions: {@link #digest} of the bytes of {@code
 *     model.onnx}
 * @param profileDigest {@link #digest} of the bytes of {@code profile.json}; null if there is none
 */
public record ModelArtifact(String version, @Nullable String profileDigest) {
  /** Name of the model's file in a model directory. */
  public static final String MODEL = "model.onnx";

  /** Name of the training profile's file in a model directory. */
  public static final String PROFILE = "profile.json";

  /** The path of the model in a directory. */
  public static Path model(Path directory) {
    return directory.resolve(MODEL);
  }

  /** The path of the training profile in a directory. */
  public static Path profile(Path directory) {
    return directory.resolve(PROFILE);
  }

  /**
   * Reads the files of a model directory.
   *
   * @throws IOException if {@code model.onnx} is missing or a file cannot be read
   */
  public static ModelArtifact read(Path directory) throws IOException {
    Path profile = profile(directory);
    return new ModelArtifact(
        digest(Files.readAllBytes(model(directory))),
        Files.exists(profile) ? digest(Files.readAllBytes(profile)) : null);
  }

  /** The first 12 hex digits of the SHA-256 of a file's bytes. */
  public static String digest(byte[] bytes) {
    return Sha256.shortHex(bytes);
  }
}
