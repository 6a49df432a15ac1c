package dev.millrace.deploy.provision;

import dev.millrace.deploy.topic.KafkaCalls;
import dev.millrace.schemas.codec.WireFormat;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.service.Cluster;
import dev.millrace.schemas.topics.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.avro.Schema;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;

/** Makes the topics and subjects of a pipeline on a cluster; safe to run again. */
public final class Provisioner {
  /** A registry that has just started may answer 5xx. */
  private static final Duration REGISTRY_RETRY_TIMEOUT = Duration.ofSeconds(30);

  private final Cluster cluster;
  private final Pipeline pipeline;
  private final Replication replication;

  public Provisioner(Cluster cluster, Pipeline pipeline, Replication replication) {
    this.cluster = cluster;
    this.pipeline = pipeline;
    this.replication = replication;
  }

  /**
   * Compares the pipeline with what exists, and changes nothing.
   *
   * @throws dev.millrace.deploy.process.PlatformException if the brokers do not answer
   * @throws dev.millrace.schemas.registry.RegistryUnavailable if the registry does not answer
   */
  public ProvisionPlan plan() throws InterruptedException {
    List<Topics.Topic> wanted = Topics.of(pipeline);
    Map<String, TopicState> topics;
    try (Admin admin = Admin.create(cluster.clientSettings())) {
      topics = new KafkaCalls().get("describe the topics", () -> topics(admin, wanted));
    }
    Map<String, SubjectState> subjects = new HashMap<>();
    for (Topics.Topic topic : wanted) {
      Schema schema = topic.schema();
      if (schema != null) {
        String subject = WireFormat.subject(topic.name());
        subjects.put(
            subject,
            Registry.retry(
                REGISTRY_RETRY_TIMEOUT,
                () -> Subjects.read(cluster.registryUrl(), subject, schema)));
      }
    }
    return ProvisionPlan.of(pipeline, new Existing(topics, subjects), replication);
  }

  private static Map<String, TopicState> topics(Admin admin, List<Topics.Topic> wanted)
      throws ExecutionException, InterruptedException {
    Set<String> existing = admin.listTopics().names().get();
    return TopicStates.read(
        admin, wanted.stream().map(Topics.Topic::name).filter(existing::contains).toList());
  }

  /**
   * Asks the brokers whether they would create the topics of a plan.
   *
   * @throws dev.millrace.deploy.process.PlatformException if they would not, with their reason
   */
  public void validate(ProvisionPlan plan) throws InterruptedException {
    try (Admin admin = Admin.create(cluster.clientSettings())) {
      create(admin, plan, new CreateTopicsOptions().validateOnly(true));
    }
  }

  /**
   * Creates the missing topics, registers the missing schemas with BACKWARD compatibility, and
   * alters existing topics. What cannot be altered is left.
   *
   * @param mended the kinds of differences that are altered
   * @throws dev.millrace.deploy.process.PlatformException if the brokers do not answer, or do not
   *     allow it
   * @throws dev.millrace.schemas.registry.RegistryUnavailable if the registry does not answer
   */
  public void apply(ProvisionPlan plan, Set<Difference.Kind> mended) throws InterruptedException {
    try (Admin admin = Admin.create(cluster.clientSettings())) {
      create(admin, plan, new CreateTopicsOptions());
      alter(admin, plan.differences(mended));
    }
    var registry = Registry.http(cluster.registryUrl()).retrying(REGISTRY_RETRY_TIMEOUT);
    Set<SubjectChange> left = Set.copyOf(plan.subjectsLeft(mended));
    for (SubjectChange change : plan.subjects()) {
      if (left.contains(change)) {
        continue;
      }
      switch (change.kind()) {
        case CREATE -> {
          registry.register(change.subject(), change.schema());
          registry.requireBackwardCompatibility(change.subject());
        }
        case NEW_VERSION -> registry.register(change.subject(), change.schema());
        case SET_COMPATIBILITY, WEAK_COMPATIBILITY ->
            registry.requireBackwardCompatibility(change.subject());
        case INCOMPATIBLE -> {}
      }
    }
  }

  private void create(Admin admin, ProvisionPlan plan, CreateTopicsOptions options)
      throws InterruptedException {
    List<NewTopic> topics =
        plan.missing().stream()
            .map(
                topic ->
                    new NewTopic(
                            topic.name(),
                            Optional.of(topic.partitions()),
                            Optional.ofNullable(replication.factor()))
                        .configs(topic.config()))
            .toList();
    if (!topics.isEmpty()) {
      new KafkaCalls()
          .get(
              "create the topics of pipeline " + pipeline.name(),
              () -> created(admin.createTopics(topics, options).values().values()));
    }
  }

  private static boolean created(Collection<KafkaFuture<Void>> topics)
      throws ExecutionException, InterruptedException {
    for (KafkaFuture<Void> topic : topics) {
      try {
        topic.get();
      } catch (ExecutionException e) {
        // Another process has created it in the meantime, or a repeated call did.
        if (!(e.getCause() instanceof TopicExistsException)) {
          throw e;
        }
      }
    }
    return true;
  }

  private static void alter(Admin admin, List<Difference> differences) throws InterruptedException {
    Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
    for (Difference each : differences) {
      changes
          .computeIfAbsent(
              new ConfigResource(ConfigResource.Type.TOPIC, each.topic()),
              topic -> new ArrayList<>())
          .add(
              new AlterConfigOp(
                  new ConfigEntry(each.setting(), each.wanted()), AlterConfigOp.OpType.SET));
    }
    if (!changes.isEmpty()) {
      new KafkaCalls()
          .get(
              "alter the settings of topics",
              () -> {
                admin.incrementalAlterConfigs(changes).all().get();
                return changes;
              });
    }
  }
}
