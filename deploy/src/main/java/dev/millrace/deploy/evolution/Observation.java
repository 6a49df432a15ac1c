package dev.millrace.deploy.evolution;

import dev.millrace.deploy.generation.GenerationTopic;
import dev.millrace.deploy.topic.TopicRanges;
import dev.millrace.schemas.codec.WireFormat;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.service.Cluster;
import dev.millrace.schemas.topics.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;

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
            Registry.incompatibilities(cluster.registryUrl(), subject, topic.schema());
        if (!reasons.isEmpty()) {
          incompatibilities.put(subject, withDetails(reasons, cluster, subject, topic.schema()));
        }
      }
    }
    return new Observed(
        new GenerationTopic(cluster, pipeline).read(), topics, ranges, incompatibilities);
  }

  /** Apicurio says only that schemas are incompatible, so Avro's own reasons are added. */
  private static List<String> withDetails(
      List<String> reasons, Cluster cluster, String subject, Schema schema) {
    String latest = Registry.latestSchema(cluster.registryUrl(), subject);
    if (latest == null) {
      return reasons;
    }
    List<String> all = new ArrayList<>(reasons);
    SchemaCompatibility.checkReaderWriterCompatibility(schema, new Schema.Parser().parse(latest))
        .getResult()
        .getIncompatibilities()
        .forEach(
            detail ->
                all.add(
                    "%s at %s: %s"
                        .formatted(detail.getType(), detail.getLocation(), detail.getMessage())));
    return all;
  }

  private static List<Plan.Range> ranges(Cluster cluster, String topic) {
    return TopicRanges.committed(cluster.clientSettings(), topic).stream()
        .map(range -> new Plan.Range(range.partition(), range.from(), range.to()))
        .toList();
  }
}
