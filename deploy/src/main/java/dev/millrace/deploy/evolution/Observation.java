package dev.millrace.deploy.evolution;

import dev.millrace.deploy.generation.GenerationTopic;
import dev.millrace.deploy.provision.Subjects;
import dev.millrace.deploy.topic.TopicRanges;
import dev.millrace.schemas.codec.WireFormat;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.service.Cluster;
import dev.millrace.schemas.topics.Topics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads from the cluster and the registry what a plan is made from. */
final class Observation {
  private Observation() {}

  /**
   * Reads, and changes nothing.
   *
   * @throws dev.millrace.deploy.process.PlatformException if the cluster does not answer
   * @throws dev.millrace.schemas.registry.RegistryUnavailable if the registry does not answer
   */
  static Observed of(Cluster cluster, Pipeline pipeline) throws InterruptedException {
    Set<String> topics = Offsets.topics(cluster);
    Map<String, List<Plan.Range>> ranges = new HashMap<>();
    for (FeatureView view : pipeline.features().values()) {
      String topic = Topics.clean(pipeline, view.from());
      if (topics.contains(topic)) {
        ranges.computeIfAbsent(topic, each -> ranges(cluster, each));
      }
    }
    Map<String, List<String>> incompatibilities = new HashMap<>();
    for (Topics.Topic topic : Topics.of(pipeline)) {
      if (topic.schema() != null) {
        String subject = WireFormat.subject(topic.name());
        List<String> reasons =
            Subjects.incompatibilities(cluster.registryUrl(), subject, topic.schema());
        if (!reasons.isEmpty()) {
          incompatibilities.put(subject, reasons);
        }
      }
    }
    return new Observed(
        new GenerationTopic(cluster, pipeline).read(), topics, ranges, incompatibilities);
  }

  private static List<Plan.Range> ranges(Cluster cluster, String topic) {
    return TopicRanges.committed(cluster.clientSettings(), topic).stream()
        .map(range -> new Plan.Range(range.partition(), range.from(), range.to()))
        .toList();
  }
}
