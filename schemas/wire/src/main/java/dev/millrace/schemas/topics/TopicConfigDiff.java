package dev.millrace.schemas.topics;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.jspecify.annotations.Nullable;

/** Finds the settings of an existing topic that must be changed. */
final class TopicConfigDiff {
  /** The settings that readers rely on. Others may have been changed by an operator. */
  private static final Set<String> REQUIRED = Set.of("cleanup.policy", "message.timestamp.type");

  private TopicConfigDiff() {}

  /**
   * All settings of the topic, if one that readers rely on differs: then the topic was created by
   * an older version, or for a view with another use. Otherwise none.
   */
  static List<AlterConfigOp> outdated(Topics.Topic topic, Config found) {
    boolean current =
        REQUIRED.stream()
            .filter(topic.config()::containsKey)
            .allMatch(name -> Objects.equals(topic.config().get(name), value(found, name)));
    return current
        ? List.of()
        : topic.config().entrySet().stream()
            .filter(wanted -> !wanted.getValue().equals(value(found, wanted.getKey())))
            .map(wanted -> new ConfigEntry(wanted.getKey(), wanted.getValue()))
            .map(entry -> new AlterConfigOp(entry, OpType.SET))
            .toList();
  }

  private static @Nullable String value(Config config, String name) {
    ConfigEntry entry = config.get(name);
    return entry == null ? null : entry.value();
  }
}
