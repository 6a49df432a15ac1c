package dev.millrace.ingest.producer.files;

import dev.millrace.ingest.producer.publish.EventPublisher;
import dev.millrace.schemas.pipeline.LatePolicy;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.registry.InMemoryRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.apache.avro.Schema;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A source of flights, and its files. */
public final class Flights {
  public static final Schema DEPARTURE =
      new Schema.Parser()
          .parse(
              """
              {"type": "record", "name": "Departure", "fields": [
                {"name": "flight_id", "type": "long"},
                {"name": "departed_at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
                {"name": "origin", "type": "string"},
                {"name": "destination", "type": "string"},
                {"name": "distance", "type": ["null", "int"], "default": null}]}
              """);

  public static final String HEADER = "flight_id,departed_at,origin,destination,distance\n";

  public final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(
          new Cluster("test", List.of(), List.of(partition(0), partition(1)), Set.of(), Set.of()),
          true,
          null,
          new ByteArraySerializer(),
          new ByteArraySerializer());
  public final InMemoryRegistry registry = new InMemoryRegistry();
  public final EventPublisher publisher = new EventPublisher(producer, registry);

  private static PartitionInfo partition(int number) {
    return new PartitionInfo("departures", number, null, new Node[0], new Node[0]);
  }

  public static Source source(String name) {
    return new Source(
        name,
        name,
        DEPARTURE,
        "flight_id",
        "origin",
        "departed_at",
        Duration.ofMinutes(5),
        LatePolicy.TOPIC,
        Duration.ofHours(1),
        Duration.ofHours(1),
        Map.of());
  }

  public static InputFile file(Path directory, String name, String contents) throws IOException {
    Path path = directory.resolve(name);
    try (OutputStream raw = Files.newOutputStream(path);
        OutputStream out = name.endsWith(".gz") ? new GZIPOutputStream(raw) : raw) {
      out.write(contents.getBytes(StandardCharsets.UTF_8));
    }
    return new InputFile("departures", path);
  }

  /** A row of CSV at a number of seconds after the beginning of 2001. */
  public static String row(long id, long second) {
    return "%d,%s,LAS,PHL,%d\n"
        .formatted(id, java.time.Instant.parse("2001-01-01T00:00:00Z").plusSeconds(second), id);
  }
}
