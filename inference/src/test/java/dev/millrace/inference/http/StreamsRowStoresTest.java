package dev.millrace.inference.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.inference.http.RowStores.Unavailable;
import dev.millrace.inference.rows.ViewStore;
import dev.millrace.schemas.streams.service.StoreReader.RunningStreams;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamsRowStoresTest {
  private static final byte[] ENTITY = "SFO".getBytes(UTF_8);

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  /** A request may come while the process ends, or after its threads have failed. */
  @Test
  void rowsCannotBeReadWhenTheTopologyHasStopped() {
    ViewStore origin = new FlightViews(directory).view("origin");
    StreamsRowStores stores = new StreamsRowStores(new Host("self", 1));
    assertThat(reason(stores, origin)).contains("starting");
    KafkaStreams streams = streams();
    streams.close();
    stores.started(new RunningStreams(streams, () -> ""));
    assertThat(reason(stores, origin)).contains("NOT_RUNNING");
    Unavailable read =
        catchThrowableOfType(Unavailable.class, () -> stores.newest(origin, 0, ENTITY));
    assertThat(read.reason()).contains("NOT_RUNNING");
  }

  private static String reason(StreamsRowStores stores, ViewStore view) {
    return catchThrowableOfType(Unavailable.class, () -> stores.locate(view, ENTITY)).reason();
  }

  private KafkaStreams streams() {
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "stopped");
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "localhost:1");
    settings.put(StreamsConfig.STATE_DIR_CONFIG, directory.toString());
    Topology topology = new Topology();
    topology.addSource("events", "events");
    return new KafkaStreams(topology, settings);
  }
}
