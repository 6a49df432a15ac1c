package dev.millrace.deploy.generation;

import dev.millrace.deploy.process.PlatformException;
import dev.millrace.schemas.avro.FeatureGeneration;
import dev.millrace.schemas.avro.GenerationStatus;
import dev.millrace.schemas.pipeline.Generation;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.service.Cluster;
import dev.millrace.schemas.topics.GenerationLog;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.common.KafkaException;

/** The topic of a pipeline's generations: reads which one serves, and marks it. */
public final class GenerationTopic {
  private final Pipeline pipeline;
  private final GenerationLog log;

  public GenerationTopic(Cluster cluster, Pipeline pipeline) {
    this.pipeline = pipeline;
    this.log =
        new GenerationLog(pipeline, cluster.clientSettings(), Registry.http(cluster.registryUrl()));
  }

  /**
   * The generations by their name, each by its newest record; none without the topic.
   *
   * @throws PlatformException if the topic cannot be read
   */
  public Map<String, FeatureGeneration> read() {
    try {
      return log.read();
    } catch (IllegalStateException | KafkaException e) {
      throw new PlatformException("the generations cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Marks the generation of the definition as the one that serves, with the definition's other
   * parts, and every other one as retired. Writes nothing if that is so already.
   *
   * @param now wall clock
   * @return the other generation that served until now; empty if there was none
   */
  public Optional<String> markServing(Instant now) throws InterruptedException {
    var parts = DefinitionParts.of(pipeline);
    List<FeatureGeneration> changed = new ArrayList<>();
    var known = read();
    // The features job writes the record of a generation; without lookups there is no job.
    var serving = known.getOrDefault(Generation.of(pipeline), GenerationLog.begun(pipeline, now));
    if (serving.getStatus() != GenerationStatus.SERVING || !serving.getParts().equals(parts)) {
      changed.add(
          FeatureGeneration.newBuilder(serving)
              .setStatus(GenerationStatus.SERVING)
              .setStatusAt(now)
              .setParts(parts)
              .build());
    }
    for (var other : known.values()) {
      if (!other.getGeneration().equals(serving.getGeneration())
          && (other.getStatus() == GenerationStatus.SERVING
              || other.getStatus() == GenerationStatus.BACKFILLING)) {
        changed.add(
            FeatureGeneration.newBuilder(other)
                .setStatus(GenerationStatus.RETIRED)
                .setStatusAt(now)
                .build());
      }
    }
    // A reader between two records sees two that serve rather than none: it takes the newest.
    write(changed);
    return known.values().stream()
        .filter(other -> other.getStatus() == GenerationStatus.SERVING)
        .map(FeatureGeneration::getGeneration)
        .filter(other -> !other.equals(serving.getGeneration()))
        .findFirst();
  }

  /**
   * Marks the generations that do not serve and of which a topic was, or will be, deleted. Their
   * rows are written again only by a job that does not start from the state of theirs.
   *
   * @param isDeleted by the name of a topic
   * @param now wall clock
   */
  public void markDeleted(Predicate<String> isDeleted, Instant now) throws InterruptedException {
    write(deleted(pipeline, read().values(), isDeleted, now));
  }

  static List<FeatureGeneration> deleted(
      Pipeline pipeline,
      Collection<FeatureGeneration> known,
      Predicate<String> isDeleted,
      Instant now) {
    return known.stream()
        .filter(
            each ->
                each.getStatus() == GenerationStatus.RETIRED
                    || each.getStatus() == GenerationStatus.BACKFILLING)
        .filter(each -> GenerationLog.topics(pipeline, each).stream().anyMatch(isDeleted))
        .map(
            each ->
                FeatureGeneration.newBuilder(each)
                    .setStatus(GenerationStatus.DELETED)
                    .setStatusAt(now)
                    .build())
        .toList();
  }

  private void write(List<FeatureGeneration> generations) throws InterruptedException {
    try {
      log.write(generations);
    } catch (IllegalStateException | KafkaException e) {
      throw new PlatformException(String.valueOf(e.getMessage()), e);
    }
  }
}
