package dev.millrace.deploy.generation;

import dev.millrace.deploy.process.PlatformException;
import dev.millrace.deploy.topic.KafkaCalls;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.service.Cluster;
import dev.millrace.schemas.topics.Provisioner;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;

/** Creates the topics of a pipeline and registers their schemas. */
public final class PipelineTopics {
  /** A registry that has just started may answer 5xx. */
  private static final Duration REGISTRY_RETRY_TIMEOUT = Duration.ofSeconds(30);

  private PipelineTopics() {}

  /**
   * Creates what is missing; safe to run again. Generations that do not serve and one of whose
   * topics is missing are marked, so that no job resumes from their state.
   *
   * @throws PlatformException if the brokers do not create a topic, an existing topic does not fit,
   *     or the registry does not accept a schema
   * @throws dev.millrace.schemas.registry.RegistryUnavailable if the registry does not answer
   */
  public static void create(Cluster cluster, Pipeline pipeline) throws InterruptedException {
    // Before the topics are created again, as empty ones.
    var existing = existing(cluster);
    new GenerationTopic(cluster, pipeline)
        .markDeleted(topic -> !existing.contains(topic), Instant.now());
    var registry = Registry.http(cluster.registryUrl()).retrying(REGISTRY_RETRY_TIMEOUT);
    try (var admin = Admin.create(cluster.clientSettings())) {
      var provisioner = new Provisioner(admin, registry);
      new KafkaCalls()
          .get(
              "create the topics of pipeline " + pipeline.name(),
              () -> {
                provisioner.provision(pipeline);
                return pipeline;
              });
    } catch (IllegalStateException e) {
      throw new PlatformException(String.valueOf(e.getMessage()), e);
    }
  }

  private static Set<String> existing(Cluster cluster) throws InterruptedException {
    try (var admin = Admin.create(cluster.clientSettings())) {
      return new KafkaCalls().get("list the topics", () -> admin.listTopics().names().get());
    }
  }
}
