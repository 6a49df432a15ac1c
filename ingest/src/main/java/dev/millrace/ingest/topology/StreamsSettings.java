package dev.millrace.ingest.topology;

import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.streams.setup.StreamsDefaults;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.streams.StreamsConfig;

/** How ingest runs Kafka Streams, where that differs from the defaults. */
public final class StreamsSettings {
  /** How long a thread with nothing to read waits before it looks whether a commit is due. */
  private static final Duration POLL = Duration.ofMillis(10);

  private StreamsSettings() {}

  public static String applicationId(Pipeline pipeline) {
    return "millrace." + pipeline.name() + ".ingest";
  }

  public static Properties of(
      Pipeline pipeline, String bootstrapServers, Path stateDir, int threads) {
    Properties settings =
        StreamsDefaults.of(applicationId(pipeline), pipeline, bootstrapServers, stateDir, threads);
    settings.put(StreamsConfig.POLL_MS_CONFIG, POLL.toMillis());
    // The two topics of a task need no order among them, so neither waits for the other.
    settings.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, StreamsConfig.MAX_TASK_IDLE_MS_DISABLED);
    return settings;
  }
}
