package dev.millrace.features;

import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.PipelineFile;
import dev.millrace.schemas.wire.AvroDecoder;
import dev.millrace.schemas.wire.Decoded;
import dev.millrace.schemas.wire.InMemoryRegistry;
import java.net.URISyntaxException;
import java.nio.file.Path;
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

  static GenericRecord decode(AvroDecoder decoder, byte[] value) {
    return ((Decoded.Value) decoder.decode(value)).record();
  }
}
