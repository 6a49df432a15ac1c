package dev.millrace.features;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.registry.InMemoryRegistry;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.apache.avro.generic.GenericRecord;

/** The pipeline of cards.yaml and a registry that all its tasks share. */
final class Cards {
  static final Pipeline PIPELINE = PipelineFile.load(file());
  static final InMemoryRegistry REGISTRY = new InMemoryRegistry();
  static final Registries REGISTRIES = () -> REGISTRY;

  private Cards() {}

  static Path file() {
    try {
      return Path.of(Objects.requireNonNull(Cards.class.getResource("/cards.yaml")).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /** The pipeline with one passage of its file replaced. */
  static Pipeline with(Path directory, String passage, String replacement) throws IOException {
    for (String schema : List.of("payment.avsc", "visit.avsc")) {
      Files.copy(file().resolveSibling(schema), directory.resolve(schema));
    }
    String yaml = Files.readString(file(), StandardCharsets.UTF_8);
    assertThat(yaml).containsOnlyOnce(passage);
    return PipelineFile.load(
        Files.writeString(directory.resolve("cards.yaml"), yaml.replace(passage, replacement)));
  }

  static GenericRecord decode(AvroDecoder decoder, byte[] value) {
    return ((Decoded.Value) decoder.decode(value)).record();
  }
}
