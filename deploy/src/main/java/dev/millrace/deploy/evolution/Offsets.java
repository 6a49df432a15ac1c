package dev.millrace.deploy.evolution;

import dev.millrace.deploy.process.PlatformException;
import dev.millrace.schemas.service.Cluster;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/** The topics of a cluster, their offsets and those of consumer groups. */
final class Offsets {
  private Offsets() {}

  /** The names of all topics. */
  static Set<String> topics(Cluster cluster) throws InterruptedException {
    try (var admin = Admin.create(cluster.clientSettings())) {
      return get(admin.listTopics().names(), "list the topics");
    }
  }

  /** The first or the last committed offset of each partition of a topic. */
  static Map<TopicPartition, Long> of(Cluster cluster, String topic, OffsetSpec which)
      throws InterruptedException {
    try (var admin = Admin.create(cluster.clientSettings())) {
      Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
      get(admin.describeTopics(List.of(topic)).allTopicNames(), "describe " + topic)
          .values()
          .forEach(
              description ->
                  description
                      .partitions()
                      .forEach(
                          info -> wanted.put(new TopicPartition(topic, info.partition()), which)));
      Map<TopicPartition, Long> offsets = new HashMap<>();
      get(
              admin
                  .listOffsets(wanted, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                  .all(),
              "list the offsets of " + topic)
          .forEach((partition, found) -> offsets.put(partition, found.offset()));
      return offsets;
    }
  }

  /** The offsets that a consumer group has committed. */
  static Map<TopicPartition, Long> committed(Cluster cluster, String group)
      throws InterruptedException {
    try (var admin = Admin.create(cluster.clientSettings())) {
      Map<TopicPartition, Long> offsets = new HashMap<>();
      get(
              admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata(),
              "read the offsets of group " + group)
          .forEach(
              (partition, found) -> {
                if (found != null) {
                  offsets.put(partition, found.offset());
                }
              });
      return offsets;
    }
  }

  /** The topics that the members of a consumer group are assigned now; none without members. */
  static Set<String> readBy(Cluster cluster, String group) throws InterruptedException {
    try (var admin = Admin.create(cluster.clientSettings())) {
      return admin.describeConsumerGroups(List.of(group)).all().get().values().stream()
          .flatMap(found -> found.members().stream())
          .flatMap(member -> member.assignment().topicPartitions().stream())
          .map(TopicPartition::topic)
          .collect(Collectors.toSet());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GroupIdNotFoundException) {
        return Set.of();
      }
      throw new PlatformException(
          "Kafka cannot describe the group %s: %s".formatted(group, e.getMessage()), e);
    }
  }

  /** Deletes topics. */
  static void delete(Cluster cluster, List<String> topics) throws InterruptedException {
    try (var admin = Admin.create(cluster.clientSettings())) {
      get(admin.deleteTopics(topics).all(), "delete " + topics);
    }
  }

  private static <T> T get(KafkaFuture<T> answer, String action) throws InterruptedException {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw new PlatformException("Kafka cannot %s: %s".formatted(action, e.getMessage()), e);
    }
  }
}
