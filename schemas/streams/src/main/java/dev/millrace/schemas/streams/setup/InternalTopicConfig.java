package dev.millrace.schemas.streams.setup;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topics that Kafka Streams creates for an application: changelogs and repartition topics. They
 * must accept records of any timestamp: it may be an event time, and by default a broker rejects
 * records more than 1 h ahead of its own clock. A rejected record stops its thread at each new
 * attempt.
 */
public final class InternalTopicConfig {
  private static final Logger log = LoggerFactory.getLogger(InternalTopicConfig.class);

  private static final String ANY = String.valueOf(Long.MAX_VALUE);

  /** The configuration of every internal topic. */
  static final Map<String, String> CONFIG =
      Map.of(
          TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG, ANY,
          TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG, ANY);

  private InternalTopicConfig() {}

  /**
   * Configures the internal topics that exist already, since Kafka Streams does not change them. A
   * failure is logged, and the service starts anyway.
   *
   * @param settings of Kafka Streams
   */
  public static void configure(Properties settings) {
    StreamsConfig config = new StreamsConfig(settings);
    String applicationId = config.getString(StreamsConfig.APPLICATION_ID_CONFIG);
    try (Admin admin = Admin.create(config.getAdminConfigs(applicationId + "-internal-topics"))) {
      List<ConfigResource> topics =
          internal(admin.listTopics().names().get(), applicationId).stream()
              .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
              .toList();
      Map<ConfigResource, Collection<AlterConfigOp>> changes =
          changes(admin.describeConfigs(topics).all().get());
      if (!changes.isEmpty()) {
        admin.incrementalAlterConfigs(changes).all().get();
        log.info("Configured {}: {}", changes.keySet(), CONFIG);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | RuntimeException e) {
      log.warn(
          "The internal topics {}-* could not be configured. If they exist from an earlier version,"
              + " set {} on them, or allow the service to (DESCRIBE_CONFIGS, ALTER_CONFIGS)",
          applicationId,
          CONFIG,
          e);
    }
  }

  static List<String> internal(Collection<String> topics, String applicationId) {
    return topics.stream()
        .filter(name -> name.startsWith(applicationId + "-"))
        .filter(name -> name.endsWith("-changelog") || name.endsWith("-repartition"))
        .toList();
  }

  static Map<ConfigResource, Collection<AlterConfigOp>> changes(Map<ConfigResource, Config> found) {
    Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
    found.forEach(
        (topic, config) -> {
          List<AlterConfigOp> ofTopic =
              CONFIG.entrySet().stream()
                  .filter(wanted -> !isSet(config.get(wanted.getKey()), wanted.getValue()))
                  .map(wanted -> new ConfigEntry(wanted.getKey(), wanted.getValue()))
                  .map(entry -> new AlterConfigOp(entry, AlterConfigOp.OpType.SET))
                  .toList();
          if (!ofTopic.isEmpty()) {
            changes.put(topic, ofTopic);
          }
        });
    return changes;
  }

  private static boolean isSet(@Nullable ConfigEntry entry, String value) {
    return entry != null && value.equals(entry.value());
  }
}
