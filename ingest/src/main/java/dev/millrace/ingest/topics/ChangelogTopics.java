package dev.millrace.ingest.topics;

import dev.millrace.ingest.state.StoreName;
import dev.millrace.ingest.topology.StreamsSettings;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.streams.setup.TopicCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;

/**
 * The changelogs of ingest's stores. They have a partition for each task: as many as the producers'
 * topic or the pipeline, whichever has more. Kafka Streams creates them, and stops permanently when
 * their number no longer fits. When the producers' topic has grown, this class grows them: the new
 * partitions start empty, as their tasks do.
 */
public final class ChangelogTopics {
  /**
   * The changes that are needed.
   *
   * @param growth new numbers of partitions by topic
   * @param mistakes problems that only a person can correct
   */
  record Plan(Map<String, Integer> growth, List<String> mistakes) {}

  private ChangelogTopics() {}

  /**
   * Grows the changelogs that have become too small.
   *
   * @throws IllegalStateException that names every changelog that does not fit
   */
  public static void fit(Admin admin, Pipeline pipeline) {
    Plan plan = plan(pipeline, TopicCheck.partitions(admin, topics(pipeline)));
    if (!plan.mistakes.isEmpty()) {
      throw new IllegalStateException(
          "pipeline %s cannot start:%n  %s"
              .formatted(pipeline.name(), String.join("\n  ", plan.mistakes)));
    }
    if (!plan.growth.isEmpty()) {
      grow(admin, pipeline, plan.growth);
    }
  }

  private static void grow(Admin admin, Pipeline pipeline, Map<String, Integer> growth) {
    Map<String, NewPartitions> wanted =
        growth.entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey, entry -> NewPartitions.increaseTo(entry.getValue())));
    try {
      admin.createPartitions(wanted).all().get();
    } catch (ExecutionException e) {
      // Another instance may have grown them meanwhile.
      if (!plan(pipeline, TopicCheck.partitions(admin, topics(pipeline))).growth.isEmpty()) {
        throw new IllegalStateException(
            "pipeline %s: the producers' topic has more partitions than changelogs of ingest, and these could not be grown to %s (%s): allow ALTER on them, or grow them with kafka-topics.sh --alter"
                .formatted(pipeline.name(), growth, e.getCause()),
            e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while growing changelogs", e);
    }
  }

  /** The changelogs and the topics that decide their size. */
  private static List<String> topics(Pipeline pipeline) {
    List<String> topics = new ArrayList<>();
    for (Source source : pipeline.sources().values()) {
      topics.add(source.topic());
      topics.addAll(changelogs(pipeline, source));
    }
    return topics;
  }

  static List<String> changelogs(Pipeline pipeline, Source source) {
    return StoreName.logged(source.name()).stream()
        .map(store -> StreamsSettings.applicationId(pipeline) + "-" + store + "-changelog")
        .toList();
  }

  /**
   * Compares the changelogs with the topics that decide their size.
   *
   * @param found numbers of partitions of the topics that exist
   */
  static Plan plan(Pipeline pipeline, Map<String, Integer> found) {
    Map<String, Integer> growth = new TreeMap<>();
    List<String> mistakes = new ArrayList<>();
    for (Source source : pipeline.sources().values()) {
      int arrivals = found.getOrDefault(source.topic(), 0);
      int tasks = Math.max(arrivals, pipeline.partitions());
      for (String changelog : changelogs(pipeline, source)) {
        // One that does not exist yet is created by Kafka Streams.
        int count = found.getOrDefault(changelog, tasks);
        if (count < pipeline.partitions()) {
          mistakes.add(
              "topic %s has %d partitions, but the pipeline's 'partitions' is %d: it was smaller when this state was created, and the ids of known events would be on other partitions than their keys. Set it back, or see 'More partitions' in ingest's README"
                  .formatted(changelog, count, pipeline.partitions()));
        } else if (count > tasks) {
          mistakes.add(
              "topic %s has %d partitions, but topic %s has %d and the pipeline's 'partitions' is %d: one of them was larger when this state was created. Set it back, or see 'More partitions' in ingest's README"
                  .formatted(changelog, count, source.topic(), arrivals, pipeline.partitions()));
        } else if (count < tasks) {
          growth.put(changelog, tasks);
        }
      }
    }
    return new Plan(growth, mistakes);
  }
}
