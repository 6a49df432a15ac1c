package dev.millrace.deploy.provision;

import dev.millrace.deploy.provision.Difference.Kind;
import dev.millrace.deploy.provision.TopicState.Setting;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.topics.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Compares existing topics with those that Millrace creates. */
public final class TopicComparison {
  /**
   * The settings that the services rely on, whoever has set them. Others may have been chosen by an
   * operator.
   */
  private static final Set<String> REQUIRED =
      Set.of("cleanup.policy", "message.timestamp.type", "message.timestamp.after.max.ms");

  private final Set<String> ofProducers;
  private final Replication replication;

  public TopicComparison(Pipeline pipeline, Replication replication) {
    this.ofProducers =
        pipeline.sources().values().stream().map(Source::topic).collect(Collectors.toSet());
    this.replication = replication;
  }

  /** Everything in which an existing topic differs from the one that Millrace would create. */
  public List<Difference> differences(Topics.Topic topic, TopicState found) {
    List<Difference> all = new ArrayList<>();
    // Ingest moves each event to the partition of its key, so producers may choose the number.
    if (!ofProducers.contains(topic.name()) && topic.partitions() != found.partitions()) {
      all.add(
          new Difference(
              topic.name(),
              Difference.PARTITIONS,
              String.valueOf(found.partitions()),
              String.valueOf(topic.partitions()),
              Kind.MANUAL));
    }
    Short factor = replication.factor();
    if (factor != null && found.replication() < factor) {
      all.add(
          new Difference(
              topic.name(),
              Difference.REPLICATION,
              String.valueOf(found.replication()),
              String.valueOf(factor),
              Kind.MANUAL));
    }
    settings(topic)
        .forEach(
            (name, wanted) -> {
              Setting setting = found.settings().get(name);
              if (setting != null && !setting.value().equals(wanted)) {
                Kind kind = kind(name, setting, wanted, found.replication());
                all.add(new Difference(topic.name(), name, setting.value(), wanted, kind));
              }
            });
    return all;
  }

  /** The settings with which a topic is created. */
  Map<String, String> settings(Topics.Topic topic) {
    Map<String, String> settings = new TreeMap<>(topic.config());
    if (replication.minIsr() != null) {
      settings.put(Replication.MIN_ISR, String.valueOf(replication.minIsr()));
    }
    return settings;
  }

  private static Kind kind(String name, Setting found, String wanted, int replicas) {
    if (name.equals(Replication.MIN_ISR)) {
      // More than there are replicas would block every write; fewer than found is less safe.
      boolean possible = Integer.parseInt(wanted) <= replicas;
      boolean raised = Integer.parseInt(wanted) > Integer.parseInt(found.value());
      return possible && raised ? Kind.SAFE : raised ? Kind.MANUAL : Kind.CHOSEN;
    }
    if (found.own() && !REQUIRED.contains(name)) {
      return Kind.CHOSEN;
    }
    return keepsRecords(name, found.value(), wanted) ? Kind.SAFE : Kind.LOSSY;
  }

  private static boolean keepsRecords(String name, String found, String wanted) {
    return switch (name) {
      case "retention.ms",
          "delete.retention.ms",
          "min.compaction.lag.ms",
          "message.timestamp.after.max.ms" ->
          limit(wanted) >= limit(found);
      case "segment.ms", "message.timestamp.type" -> true;
      default -> false;
    };
  }

  /** -1 is no limit. */
  private static long limit(String value) {
    long limit = Long.parseLong(value);
    return limit < 0 ? Long.MAX_VALUE : limit;
  }
}
