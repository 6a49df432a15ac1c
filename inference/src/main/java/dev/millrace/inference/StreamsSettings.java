package dev.millrace.inference;

import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.streams.StreamsDefaults;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.streams.StreamsConfig;

/** How inference runs Kafka Streams, where that differs from the defaults. */
final class StreamsSettings {
  /** How long a thread with nothing to read waits before it looks for time-outs and commits. */
  private static final Duration POLL = Duration.ofMillis(5);

  /**
   * An event is ahead of its row, so a task reads on when a topic has nothing more. But as long as
   * the broker has more of a topic, the task waits for it: in a replay, events and rows are then
   * merged by their time, as they were when they came.
   */
  private static final long MAX_TASK_IDLE_MILLIS = 0;

  /** Decoded by nobody: hot entities, pending events and own rows between two commits. */
  private static final long RECORD_CACHE_BYTES = 32L << 20;

  private StreamsSettings() {}

  /** The application's id, which is also its consumer group and the prefix of its changelogs. */
  static String applicationId(Pipeline pipeline) {
    return "millrace." + pipeline.name() + ".inference";
  }

  static Properties of(Pipeline pipeline, String bootstrapServers, Path stateDir, int threads) {
    Properties settings =
        StreamsDefaults.of(applicationId(pipeline), pipeline, bootstrapServers, stateDir, threads);
    settings.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, 0);
    settings.put(StreamsConfig.POLL_MS_CONFIG, POLL.toMillis());
    settings.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, MAX_TASK_IDLE_MILLIS);
    settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, RECORD_CACHE_BYTES);
    return settings;
  }
}
