package dev.millrace.schemas.streams.setup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.streams.StreamsConfig;

/**
 * The id of a static member of the consumer group, kept in the state directory. A process that
 * restarts on the directory gets its partitions back at once, instead of after the session timeout
 * of the previous process.
 *
 * @see <a href="https://cwiki.apache.org/confluence/x/kRg0BQ">KIP-345, static membership</a>
 */
public final class InstanceId {
  private InstanceId() {}

  /**
   * Makes the service a static member.
   *
   * @param settings of Kafka Streams, with application id and state directory
   * @throws IOException if the id can be neither read nor written
   */
  public static void configure(Properties settings) throws IOException {
    Path stateDir = Path.of(String.valueOf(settings.get(StreamsConfig.STATE_DIR_CONFIG)));
    String applicationId = String.valueOf(settings.get(StreamsConfig.APPLICATION_ID_CONFIG));
    settings.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG),
        of(stateDir, applicationId));
  }

  /** Reads the application's id from the state directory, or creates one there. */
  static String of(Path stateDir, String applicationId) throws IOException {
    Path file = stateDir.resolve(applicationId + ".instance");
    if (Files.exists(file)) {
      String kept = Files.readString(file).strip();
      if (!kept.isEmpty()) {
        return kept;
      }
    }
    Files.createDirectories(stateDir);
    String created = UUID.randomUUID().toString();
    Files.writeString(file, created);
    return created;
  }
}
