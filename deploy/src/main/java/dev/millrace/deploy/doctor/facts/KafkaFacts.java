package dev.millrace.deploy.doctor.facts;

import dev.millrace.deploy.doctor.Fact;
import dev.millrace.deploy.doctor.Facts.Disk;
import dev.millrace.deploy.doctor.Facts.Group;
import dev.millrace.deploy.doctor.Facts.Kafka;
import dev.millrace.deploy.doctor.Facts.Topic;
import dev.millrace.deploy.provision.Replication;
import dev.millrace.deploy.provision.TopicState;
import dev.millrace.deploy.provision.TopicStates;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ProcessNames;
import dev.millrace.schemas.topics.Topics;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.jspecify.annotations.Nullable;

/** Reads brokers, topics, groups and disks. No call creates or changes anything. */
final class KafkaFacts {
  private static final String METADATA_VERSION = "metadata.version";

  private final Admin admin;
  private final Pipeline pipeline;

  KafkaFacts(Admin admin, Pipeline pipeline) {
    this.admin = admin;
    this.pipeline = pipeline;
  }

  Kafka brokers() throws ExecutionException, InterruptedException {
    Collection<Node> nodes = admin.describeCluster().nodes().get();
    return new Kafka(nodes.size(), metadataVersion(), settings(nodes));
  }

  private int metadataVersion() throws InterruptedException {
    try {
      var found =
          admin
              .describeFeatures()
              .featureMetadata()
              .get()
              .finalizedFeatures()
              .get(METADATA_VERSION);
      return found == null ? 0 : found.maxVersionLevel();
    } catch (ExecutionException e) {
      return 0; // Not every managed Kafka tells it.
    }
  }

  private Fact<Map<Integer, Map<String, String>>> settings(Collection<Node> nodes)
      throws InterruptedException {
    List<ConfigResource> brokers =
        nodes.stream()
            .map(node -> new ConfigResource(ConfigResource.Type.BROKER, node.idString()))
            .toList();
    try {
      Map<Integer, Map<String, String>> all = new HashMap<>();
      for (Map.Entry<ConfigResource, Config> each :
          admin.describeConfigs(brokers).all().get().entrySet()) {
        Map<String, String> values = new HashMap<>();
        TopicStates.settings(each.getValue())
            .forEach((name, setting) -> values.put(name, setting.value()));
        all.put(Integer.valueOf(each.getKey().name()), values);
      }
      return Fact.known(all);
    } catch (ExecutionException e) {
      return Fact.unknown("the settings of brokers: " + Reasons.of(e));
    }
  }

  /** The topics of the pipeline, those that its services create, and Kafka's own. */
  Map<String, Topic> topics() throws ExecutionException, InterruptedException {
    Set<String> wanted =
        Topics.of(pipeline).stream().map(Topics.Topic::name).collect(Collectors.toSet());
    Set<String> names = new HashSet<>();
    for (String name : admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get()) {
      if (wanted.contains(name) || isOfServices(name) || BrokerClocks.KAFKAS_OWN.contains(name)) {
        names.add(name);
      }
    }
    Map<String, TopicState> states = TopicStates.read(admin, names);
    Map<String, Topic> topics = new HashMap<>();
    admin
        .describeTopics(names, new DescribeTopicsOptions().includeAuthorizedOperations(true))
        .allTopicNames()
        .get()
        .forEach(
            (name, description) ->
                topics.put(name, topic(description, Objects.requireNonNull(states.get(name)))));
    return topics;
  }

  private boolean isOfServices(String name) {
    return name.startsWith(ProcessNames.application(ProcessNames.INGEST, pipeline) + "-")
        || name.startsWith(ProcessNames.application(ProcessNames.INFERENCE, pipeline) + "-");
  }

  private static Topic topic(TopicDescription description, TopicState state) {
    String value = state.value(Replication.MIN_ISR);
    int minIsr = value == null ? 1 : Integer.parseInt(value);
    int offline = 0;
    int underMinIsr = 0;
    int underReplicated = 0;
    for (TopicPartitionInfo partition : description.partitions()) {
      offline += partition.leader() == null ? 1 : 0;
      underMinIsr += partition.isr().size() < minIsr ? 1 : 0;
      underReplicated += partition.isr().size() < partition.replicas().size() ? 1 : 0;
    }
    return new Topic(state, offline, underMinIsr, underReplicated, operations(description));
  }

  private static @Nullable Set<String> operations(TopicDescription description) {
    return description.authorizedOperations() == null
        ? null
        : description.authorizedOperations().stream().map(Enum::name).collect(Collectors.toSet());
  }

  /** Those of the groups that exist. */
  Map<String, Group> groups(List<String> names) throws ExecutionException, InterruptedException {
    Map<String, Group> groups = new HashMap<>();
    var described = admin.describeConsumerGroups(names).describedGroups();
    for (String name : names) {
      try {
        ConsumerGroupDescription found = Objects.requireNonNull(described.get(name)).get();
        groups.put(
            name, new Group(found.groupState().toString(), found.members().size(), lag(name)));
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof GroupIdNotFoundException)) {
          throw e;
        }
      }
    }
    return groups;
  }

  private long lag(String group) throws ExecutionException, InterruptedException {
    Map<TopicPartition, Long> committed = new HashMap<>();
    admin
        .listConsumerGroupOffsets(group)
        .partitionsToOffsetAndMetadata()
        .get()
        .forEach(
            (partition, offset) -> {
              if (offset != null) {
                committed.put(partition, offset.offset());
              }
            });
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    committed.keySet().forEach(partition -> latest.put(partition, OffsetSpec.latest()));
    long lag = 0;
    for (var end :
        admin
            .listOffsets(latest, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
            .all()
            .get()
            .entrySet()) {
      long read = Objects.requireNonNull(committed.get(end.getKey()));
      lag += Math.max(0, end.getValue().offset() - read);
    }
    return lag;
  }

  /** The directories of the brokers, where they tell the size of the file system (Kafka 3.3). */
  List<Disk> disks() throws ExecutionException, InterruptedException {
    List<Integer> brokers = admin.describeCluster().nodes().get().stream().map(Node::id).toList();
    List<Disk> disks = new ArrayList<>();
    admin
        .describeLogDirs(brokers)
        .allDescriptions()
        .get()
        .forEach(
            (broker, directories) ->
                directories.forEach(
                    (path, directory) -> {
                      String of = "broker %d, %s".formatted(broker, path);
                      if (directory.error() != null) {
                        disks.add(
                            new Disk(of, 1, 1, String.valueOf(directory.error().getMessage())));
                      } else if (tellsSize(directory)) {
                        disks.add(
                            new Disk(
                                of,
                                directory.totalBytes().getAsLong(),
                                directory.usableBytes().getAsLong(),
                                ""));
                      }
                    }));
    return disks;
  }

  private static boolean tellsSize(LogDirDescription directory) {
    return directory.totalBytes().isPresent()
        && directory.usableBytes().isPresent()
        && directory.totalBytes().getAsLong() > 0;
  }
}
