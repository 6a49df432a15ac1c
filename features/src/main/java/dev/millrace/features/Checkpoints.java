package dev.millrace.features;

import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Pipeline;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where checkpoints are kept in a local state directory, and which one to go on from. The views'
 * definition is part of the path: state of one definition means nothing to another, so a changed
 * one starts without state and reads its sources from the beginning.
 */
final class Checkpoints {
  private static final String COMPLETE = "_metadata";
  private static final int DIGEST_DIGITS = 12;

  private Checkpoints() {}

  static Path directory(Path stateDir, Pipeline pipeline) {
    return stateDir
        .toAbsolutePath()
        .resolve(FeaturesJob.name(pipeline) + "-" + fingerprint(pipeline));
  }

  /** The newest complete checkpoint of any run of the job ({@code <job id>/chk-<n>}). */
  static Optional<Path> newest(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.walk(directory, 3)) {
      return files
          .filter(file -> file.endsWith(COMPLETE))
          .max(Comparator.comparingLong(file -> file.toFile().lastModified()))
          .map(Path::getParent);
    }
  }

  private static String fingerprint(Pipeline pipeline) {
    StringBuilder definition = new StringBuilder();
    for (FeatureView view : pipeline.features().values()) {
      definition.append(
          List.of(
              view.name(),
              view.from(),
              pipeline.source(view.from()).time(),
              view.entity(),
              view.features()));
    }
    byte[] digest = sha256().digest(definition.toString().getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest).substring(0, DIGEST_DIGITS);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
