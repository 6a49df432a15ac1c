package dev.millrace.deploy.provision;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An existing topic.
 *
 * @param replication number of replicas of the partition that has the fewest
 * @param settings by name; those that the broker does not know are missing
 */
public record TopicState(int partitions, int replication, Map<String, Setting> settings) {
  public TopicState {
    settings = Map.copyOf(settings);
  }

  /**
   * A setting in effect.
   *
   * @param own whether it is set on the topic itself, and not a default of the brokers
   */
  public record Setting(String value, boolean own) {}

  /** The value of a setting in effect; null if the broker does not know it. */
  public @Nullable String value(String name) {
    Setting setting = settings.get(name);
    return setting == null ? null : setting.value();
  }
}
