package dev.millrace.ingest;

import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.topics.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Looks before the start whether the topics are as the topology needs them. The producers' topics
 * may have any number of partitions; those that an event's key decides must have the pipeline's.
 */
final class Preflight {
  private Preflight() {}

  /**
   * @throws IllegalStateException that names every topic that is missing or of the wrong size
   */
  static void check(Admin admin, Pipeline pipeline) {
    List<String> keyed = new ArrayList<>();
    List<String> others =
        new ArrayList<>(List.of(Topics.late(pipeline), Topics.deadLetters(pipeline)));
    for (Source source : pipeline.sources().values()) {
      others.add(source.topic());
      keyed.add(Topics.clean(pipeline, source.name()));
      keyed.add(Topics.rekeyed(pipeline, source.name()));
    }
    List<String> all = new ArrayList<>(others);
    all.addAll(keyed);
    String mistakes = mistakes(partitions(admin, all), all, keyed, pipeline.partitions());
    if (!mistakes.isEmpty()) {
      throw new IllegalStateException(
          "pipeline %s cannot start:%s".formatted(pipeline.name(), mistakes));
    }
  }

  static String mistakes(
      Map<String, Integer> found, List<String> wanted, List<String> keyed, int partitions) {
    StringBuilder mistakes = new StringBuilder();
    for (String topic : wanted) {
      Integer count = found.get(topic);
      if (count == null) {
        mistakes.append("\n  topic %s does not exist: create it".formatted(topic));
      } else if (keyed.contains(topic) && count != partitions) {
        mistakes.append(
            "\n  topic %s has %d partitions, but the pipeline's 'partitions' is %d: set it to %2$d, or delete the topic and provision again"
                .formatted(topic, count, partitions));
      }
    }
    return mistakes.toString();
  }

  /** Numbers of partitions of those topics that exist. */
  private static Map<String, Integer> partitions(Admin admin, List<String> topics) {
    Map<String, Integer> found = new TreeMap<>();
    for (Map.Entry<String, KafkaFuture<TopicDescription>> entry :
        admin.describeTopics(topics).topicNameValues().entrySet()) {
      try {
        found.put(entry.getKey(), entry.getValue().get().partitions().size());
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw new IllegalStateException(
              "cannot look at topic %s: %s".formatted(entry.getKey(), e.getCause()), e);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while looking at the topics", e);
      }
    }
    return found;
  }
}
