package dev.millrace.deploy.provision;

import dev.millrace.deploy.provision.TopicState.Setting;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;

/** Reads topics of a cluster. */
public final class TopicStates {
  private TopicStates() {}

  /**
   * The state of existing topics.
   *
   * @throws ExecutionException if the brokers do not answer or do not allow it
   */
  public static Map<String, TopicState> read(Admin admin, Collection<String> topics)
      throws ExecutionException, InterruptedException {
    Map<String, TopicDescription> descriptions = admin.describeTopics(topics).allTopicNames().get();
    List<ConfigResource> resources =
        topics.stream().map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name)).toList();
    Map<ConfigResource, Config> configs = admin.describeConfigs(resources).all().get();
    Map<String, TopicState> states = new HashMap<>();
    configs.forEach(
        (resource, config) ->
            states.put(
                resource.name(),
                state(Objects.requireNonNull(descriptions.get(resource.name())), config)));
    return states;
  }

  private static TopicState state(TopicDescription description, Config config) {
    int replication =
        description.partitions().stream()
            .mapToInt(partition -> partition.replicas().size())
            .min()
            .orElse(0);
    return new TopicState(description.partitions().size(), replication, settings(config));
  }

  /** The settings of a topic or broker that have a value. */
  public static Map<String, Setting> settings(Config config) {
    Map<String, Setting> settings = new HashMap<>();
    for (ConfigEntry entry : config.entries()) {
      if (entry.value() != null) {
        boolean own = entry.source() == ConfigSource.DYNAMIC_TOPIC_CONFIG;
        settings.put(entry.name(), new Setting(entry.value(), own));
      }
    }
    return settings;
  }
}
