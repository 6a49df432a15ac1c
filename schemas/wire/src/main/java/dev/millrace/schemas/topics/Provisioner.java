package dev.millrace.schemas.topics;

import dev.millrace.schemas.codec.WireFormat;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.registry.Registry;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates the topics and registers the schemas of a pipeline; safe to run again. */
public final class Provisioner {
  private static final Logger log = LoggerFactory.getLogger(Provisioner.class);

  private final Admin admin;
  private final Registry registry;

  public Provisioner(Admin admin, Registry registry) {
    this.admin = admin;
    this.registry = registry;
  }

  /**
   * Creates the missing topics with the cluster's default replication, checks the existing ones,
   * updates the settings of those with another cleanup policy or timestamp type, and registers
   * every schema under its topic's subject with BACKWARD compatibility.
   *
   * @throws IllegalStateException if an existing topic has another number of partitions, or the
   *     registry rejects a schema
   */
  public void provision(Pipeline pipeline) {
    List<Topics.Topic> topics = Topics.of(pipeline);
    createMissing(topics);
    checkPartitions(topics, pipeline);
    updateSettings(topics);
    for (Topics.Topic topic : topics) {
      if (topic.schema() != null) {
        String subject = WireFormat.subject(topic.name());
        registry.register(subject, topic.schema());
        registry.requireBackwardCompatibility(subject);
      }
    }
  }

  private void createMissing(List<Topics.Topic> topics) {
    Set<String> existing = await(admin.listTopics().names().toCompletionStage());
    List<NewTopic> missing =
        topics.stream()
            .filter(topic -> !existing.contains(topic.name()))
            .map(
                topic ->
                    new NewTopic(topic.name(), Optional.of(topic.partitions()), Optional.empty())
                        .configs(topic.config()))
            .toList();
    admin.createTopics(missing).values().forEach((name, created) -> created(created));
  }

  private static void created(org.apache.kafka.common.KafkaFuture<Void> creation) {
    try {
      await(creation.toCompletionStage());
    } catch (TopicExistsException e) {
      // Another instance has created it in the meantime.
    }
  }

  /**
   * Kafka Streams joins partition to partition, so all topics of events must have the same number
   * of partitions. Topics of producers are excepted: ingest moves each event to its key's
   * partition.
   */
  private void checkPartitions(List<Topics.Topic> topics, Pipeline pipeline) {
    Set<String> producers =
        pipeline.sources().values().stream().map(Source::topic).collect(Collectors.toSet());
    Map<String, Integer> wanted =
        topics.stream()
            .filter(topic -> !producers.contains(topic.name()))
            .collect(Collectors.toMap(Topics.Topic::name, Topics.Topic::partitions));
    String wrong =
        await(admin.describeTopics(wanted.keySet()).allTopicNames().toCompletionStage())
            .values()
            .stream()
            .filter(found -> !Objects.equals(wanted.get(found.name()), found.partitions().size()))
            .map(found -> "%s has %d".formatted(found.name(), found.partitions().size()))
            .collect(Collectors.joining(", "));
    if (!wrong.isEmpty()) {
      throw new IllegalStateException(
          "Pipeline %s needs %d partitions for each topic of events, but %s. Set 'partitions' in the pipeline file to that number, or recreate the topic."
              .formatted(pipeline.name(), pipeline.partitions(), wrong));
    }
  }

  private void updateSettings(List<Topics.Topic> topics) {
    Map<ConfigResource, Topics.Topic> ours =
        topics.stream()
            .filter(topic -> !topic.config().isEmpty()) // topics of producers are not changed
            .collect(
                Collectors.toMap(
                    topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic.name()),
                    topic -> topic));
    Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
    await(admin.describeConfigs(ours.keySet()).all().toCompletionStage())
        .forEach(
            (resource, found) -> {
              Topics.Topic topic = Objects.requireNonNull(ours.get(resource));
              List<AlterConfigOp> outdated = TopicConfigDiff.outdated(topic, found);
              if (!outdated.isEmpty()) {
                log.info("Topic {}: settings changed to {}", topic.name(), topic.config());
                changes.put(resource, outdated);
              }
            });
    if (!changes.isEmpty()) {
      await(admin.incrementalAlterConfigs(changes).all().toCompletionStage());
    }
  }

  private static <T> T await(java.util.concurrent.CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while provisioning", e);
    }
  }
}
