package dev.millrace.schemas.pipeline.file;

import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.testing.ExamplePipeline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The flights pipeline of the test resources, as it is and with passages replaced. */
final class Flights {
  private Flights() {}

  static String yaml() {
    return ExamplePipeline.FLIGHTS.yaml();
  }

  /** The file with one passage replaced, which must occur exactly once. */
  static String with(String passage, String replacement) {
    return replace(yaml(), passage, replacement);
  }

  static String replace(String yaml, String passage, String replacement) {
    int at = yaml.indexOf(passage);
    if (at < 0 || yaml.indexOf(passage, at + 1) >= 0) {
      throw new IllegalArgumentException("does not occur exactly once: " + passage);
    }
    return yaml.replace(passage, replacement);
  }

  /** Loads a text as the pipeline file of a directory with the schemas and a model. */
  static Pipeline load(Path directory, String yaml) {
    try {
      Path file = ExamplePipeline.FLIGHTS.writeTo(directory);
      Files.createDirectories(directory.resolve("empty"));
      Files.writeString(directory.resolve("text.avsc"), "\"string\"");
      Files.writeString(directory.resolve("broken.avsc"), "{");
      Files.writeString(file, yaml);
      return PipelineFile.load(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
