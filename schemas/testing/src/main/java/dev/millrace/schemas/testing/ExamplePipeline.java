package dev.millrace.schemas.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The pipelines that tests use: a pipeline file and the Avro schemas that it names. */
public enum ExamplePipeline {
  /** Two sources, a view of one of them, expressions as inputs, labels, drift, retraining. */
  FLIGHTS("flights", "departure.avsc", "arrival.avsc");

  private final String directory;

  @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable.
  private final List<String> schemas;

  ExamplePipeline(String directory, String... schemas) {
    this.directory = directory;
    this.schemas = List.of(schemas);
  }

  /** The text of the pipeline file. */
  public String yaml() {
    return text(file());
  }

  /**
   * Writes the pipeline's files and an empty model file.
   *
   * @return the pipeline file
   */
  public Path writeTo(Path target) {
    try {
      for (String schema : schemas) {
        Files.writeString(target.resolve(schema), text(schema));
      }
      Files.createDirectories(target.resolve("model"));
      Files.writeString(target.resolve("model/model.onnx"), "");
      return Files.writeString(target.resolve(file()), yaml());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String file() {
    return directory + ".yaml";
  }

  private String text(String file) {
    String name = directory + "/" + file;
    try (InputStream in = ExamplePipeline.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("resource " + name + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
