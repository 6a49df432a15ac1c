package dev.millrace.deploy.evolution;

import dev.millrace.schemas.avro.FeatureGeneration;
import dev.millrace.schemas.topics.GenerationLog;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a plan is made from, beside the definition.
 *
 * @param generations by name
 * @param topics all topics of the cluster
 * @param ranges of the topics that views read, those that exist
 * @param incompatibilities by subject, for the schemas that the registry does not accept
 */
record Observed(
    Map<String, FeatureGeneration> generations,
    Set<String> topics,
    Map<String, List<Plan.Range>> ranges,
    Map<String, List<String>> incompatibilities) {

  /** The generation that serves: of several the newest; null if none does. */
  @Nullable FeatureGeneration serving() {
    return GenerationLog.serving(generations.values());
  }
}
