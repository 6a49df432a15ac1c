package dev.millrace.ingest.topology;

import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ProcessNames;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.streams.StreamsConfig;

/** The settings of Kafka Streams that differ from the defaults of every service. */
public final class StreamsSettings {
  /** How long a thread with nothing to read waits before it checks whether a commit is due. */
  private static final Duration POLL = Duration.ofMillis(10);

  private StreamsSettings() {}

  /** Also the name of the consumer group and the prefix of the changelogs. */
  public static String applicationId(Pipeline pipeline) {
    return ProcessNames.application(ProcessNames.INGEST, pipeline);
  }

  /** Adds ingest's settings. */
  public static void configure(Properties settings) {
    settings.put(StreamsConfig.POLL_MS_CONFIG, POLL.toMillis());
    // The two topics of a task may be read in any order, so a task does not wait for either.
    settings.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, StreamsConfig.MAX_TASK_IDLE_MS_DISABLED);
  }
}
