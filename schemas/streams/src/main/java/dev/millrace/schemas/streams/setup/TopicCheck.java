package dev.millrace.schemas.streams.setup;

import dev.millrace.schemas.pipeline.Pipeline;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Checks before the start that the topics of a topology exist and have the right number of
 * partitions. Kafka Streams accepts two topics with different numbers of partitions without an
 * error, and events would be processed without their state.
 */
public final class TopicCheck {
  private TopicCheck() {}

  /**
   * @param others topics that may have any number of partitions
   * @param keyed topics that must have the pipeline's number, since an event's key decides its
   *     partition
   * @throws IllegalStateException with every topic that is missing or has a wrong number of
   *     partitions
   */
  public static void check(
      Admin admin, Pipeline pipeline, Collection<String> others, Collection<String> keyed) {
    List<String> all = new ArrayList<>(others);
    all.addAll(keyed);
    List<String> mistakes = mistakes(partitions(admin, all), all, keyed, pipeline.partitions());
    if (!mistakes.isEmpty()) {
      throw new IllegalStateException(
          "pipeline %s cannot start:%n  %s"
              .formatted(pipeline.name(), String.join("\n  ", mistakes)));
    }
  }

  static List<String> mistakes(
      Map<String, Integer> found, List<String> wanted, Collection<String> keyed, int partitions) {
    List<String> mistakes = new ArrayList<>();
    for (String topic : wanted) {
      Integer count = found.get(topic);
      if (count == null) {
        mistakes.add("topic %s does not exist: create it".formatted(topic));
      } else if (keyed.contains(topic) && count != partitions) {
        mistakes.add(
            "topic %s has %d partitions, but the pipeline's 'partitions' is %d: set it to %2$d, or delete the topic and provision again"
                .formatted(topic, count, partitions));
      }
    }
    return mistakes;
  }

  /** The number of partitions of each existing topic. */
  public static Map<String, Integer> partitions(Admin admin, Collection<String> topics) {
    Map<String, Integer> found = new TreeMap<>();
    for (Map.Entry<String, KafkaFuture<TopicDescription>> entry :
        admin.describeTopics(topics).topicNameValues().entrySet()) {
      try {
        found.put(entry.getKey(), entry.getValue().get().partitions().size());
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw new IllegalStateException(
              "topic %s cannot be described: %s".formatted(entry.getKey(), e.getCause()), e);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while topics were described", e);
      }
    }
    return found;
  }
}
