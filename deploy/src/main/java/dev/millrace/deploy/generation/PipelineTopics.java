package dev.millrace.deploy.generation;

import dev.millrace.deploy.process.PlatformException;
import dev.millrace.deploy.provision.Difference;
import dev.millrace.deploy.provision.ProvisionPlan;
import dev.millrace.deploy.provision.Provisioner;
import dev.millrace.deploy.provision.Replication;
import dev.millrace.deploy.provision.SubjectChange;
import dev.millrace.deploy.topic.KafkaCalls;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.service.Cluster;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;

/** Creates the topics of a pipeline and registers their schemas. */
public final class PipelineTopics {
  private final Cluster cluster;
  private final Pipeline pipeline;
  private final Provisioner provisioner;

  public PipelineTopics(Cluster cluster, Pipeline pipeline, Replication replication) {
    this.cluster = cluster;
    this.pipeline = pipeline;
    this.provisioner = new Provisioner(cluster, pipeline, replication);
  }

  /**
   * Creates what is missing, with the replication of the brokers' defaults, and alters settings
   * that a service relies on, as a topic of an older version has them; safe to run again.
   *
   * @throws PlatformException if the brokers do not create a topic, an existing topic does not fit,
   *     or the registry does not accept a schema
   * @throws dev.millrace.schemas.registry.RegistryUnavailable if the registry does not answer
   */
  public static void create(Cluster cluster, Pipeline pipeline) throws InterruptedException {
    create(cluster, pipeline, Set.of(Difference.Kind.SAFE, Difference.Kind.LOSSY));
  }

  /**
   * The same on a cluster of others: a setting whose change may delete records stays, and {@code
   * millrace provision} prints it.
   */
  public static void createWithoutLoss(Cluster cluster, Pipeline pipeline)
      throws InterruptedException {
    create(cluster, pipeline, Set.of(Difference.Kind.SAFE));
  }

  private static void create(Cluster cluster, Pipeline pipeline, Set<Difference.Kind> mended)
      throws InterruptedException {
    var topics = new PipelineTopics(cluster, pipeline, Replication.BROKER_DEFAULT);
    ProvisionPlan plan = topics.provisioner.plan();
    requirePossible(plan, cluster);
    topics.apply(plan, mended);
  }

  /** Compares with what exists; see {@link Provisioner#plan}. */
  public ProvisionPlan plan() throws InterruptedException {
    return provisioner.plan();
  }

  /** Asks the brokers whether they would create the topics; see {@link Provisioner#validate}. */
  public void validate(ProvisionPlan plan) throws InterruptedException {
    provisioner.validate(plan);
  }

  /**
   * Creates what is missing; see {@link Provisioner#apply}. Generations that do not serve and one
   * of whose topics is missing are marked, so that no job resumes from their state.
   */
  public void apply(ProvisionPlan plan, Set<Difference.Kind> mended) throws InterruptedException {
    // Before the topics are created again, as empty ones.
    var existing = existing(cluster);
    new GenerationTopic(cluster, pipeline)
        .markDeleted(topic -> !existing.contains(topic), Instant.now());
    provisioner.apply(plan, mended);
  }

  private static void requirePossible(ProvisionPlan plan, Cluster cluster) {
    String wrong =
        plan.differences(Set.of(Difference.Kind.MANUAL)).stream()
            .map(
                each ->
                    "%s: %s; %s"
                        .formatted(
                            each.topic(), each.text(), each.remedy(cluster.bootstrapServers())))
            .collect(Collectors.joining("\n"));
    if (!wrong.isEmpty()) {
      throw new PlatformException(wrong);
    }
    for (SubjectChange change : plan.subjects()) {
      if (change.kind() == SubjectChange.Kind.INCOMPATIBLE) {
        throw new PlatformException(
            "The registry at %s rejects the schema of subject %s: %s. Change it so that it can read what the registered version wrote (add fields with defaults), or publish under a new topic."
                .formatted(
                    cluster.registryUrl(), change.subject(), String.join("; ", change.found())));
      }
    }
  }

  private static Set<String> existing(Cluster cluster) throws InterruptedException {
    try (var admin = Admin.create(cluster.clientSettings())) {
      return new KafkaCalls().get("list the topics", () -> admin.listTopics().names().get());
    }
  }
}
