package dev.millrace.deploy.evolution;

import dev.millrace.deploy.topic.KafkaCalls;
import dev.millrace.schemas.service.Cluster;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/** The topics of a cluster, their offsets and those of consumer groups. */
final class Offsets {
  private static final ListOffsetsOptions COMMITTED_RECORDS =
      new ListOffsetsOptions(IsolationLevel.READ_COMMITTED);

  private Offsets() {}

  /** The names of all topics. */
  static Set<String> topics(Cluster cluster) throws InterruptedException {
    try (var admin = Admin.create(cluster.clientSettings())) {
      return get("list the topics", () -> admin.listTopics().names().get());
    }
  }

  /** The first or the last committed offset of each partition of a topic. */
  static Map<TopicPartition, Long> of(Cluster cluster, String topic, OffsetSpec which)
      throws InterruptedException {
    try (var admin = Admin.create(cluster.clientSettings())) {
      Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
      get("describe " + topic, () -> admin.describeTopics(List.of(topic)).allTopicNames().get())
          .values()
          .forEach(
              description ->
                  description
                      .partitions()
                      .forEach(
                          info -> wanted.put(new TopicPartition(topic, info.partition()), which)));
      Map<TopicPartition, Long> offsets = new HashMap<>();
      get(
              "list the offsets of " + topic,
              () -> admin.listOffsets(wanted, COMMITTED_RECORDS).all().get())
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
              "read the offsets of group " + group,
              () -> admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get())
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
      return get("describe the group " + group, () -> members(admin, group)).stream()
          .flatMap(member -> member.assignment().topicPartitions().stream())
          .map(TopicPartition::topic)
          .collect(Collectors.toSet());
    }
  }

  private static Collection<MemberDescription> members(Admin admin, String group)
      throws InterruptedException, ExecutionException {
    try {
      return admin.describeConsumerGroups(List.of(group)).all().get().values().stream()
          .flatMap(found -> found.members().stream())
          .toList();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GroupIdNotFoundException) {
        return List.of();
      }
      throw e;
    }
  }

  /** Deletes topics. */
  static void delete(Cluster cluster, List<String> topics) throws InterruptedException {
    try (var admin = Admin.create(cluster.clientSettings())) {
      get("delete " + topics, () -> deleted(admin, topics));
    }
  }

  /** Those that a repeated call does not find any more are deleted. */
  private static List<String> deleted(Admin admin, List<String> topics)
      throws InterruptedException, ExecutionException {
    Set<String> existing = admin.listTopics().names().get();
    admin.deleteTopics(topics.stream().filter(existing::contains).toList()).all().get();
    return topics;
  }

  private static <T> T get(String action, KafkaCalls.Call<T> call) throws InterruptedException {
    return new KafkaCalls().get(action, call);
  }
}
