package dev.millrace.deploy.evolution;

import dev.millrace.deploy.evolution.Plan.Affected;
import dev.millrace.deploy.generation.DefinitionParts;
import dev.millrace.schemas.pipeline.Pipeline;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** Which processes read which part of a definition, and so need a restart when it changes. */
final class ProcessesOfParts {
  /** Only ingest reads these values of a source, and the rules of its contract. */
  private static final Set<String> OF_INGEST = Set.of("topic", "deduplicate", "max_ahead");

  private final Pipeline pipeline;

  ProcessesOfParts(Pipeline pipeline) {
    this.pipeline = pipeline;
  }

  /**
   * The processes that need the definition.
   *
   * @param changedKeys the keys that differ, by part
   */
  Set<Affected> of(Map<String, Set<String>> changedKeys) {
    Set<Affected> affected = EnumSet.noneOf(Affected.class);
    changedKeys.forEach((part, keys) -> affected.addAll(of(part, keys)));
    return affected;
  }

  private Set<Affected> of(String part, Set<String> keys) {
    if (part.startsWith(DefinitionParts.SOURCE)) {
      return ofSource(part.substring(DefinitionParts.SOURCE.length()), keys);
    }
    if (part.startsWith(DefinitionParts.VIEW)) {
      // The features job drops the state of an entity after its ttl.
      return keys.contains("ttl")
          ? EnumSet.of(Affected.FEATURES, Affected.INFERENCE)
          : EnumSet.of(Affected.INFERENCE);
    }
    return switch (part) {
      case DefinitionParts.MODEL ->
          // Drift takes the shadow's version from the predictions.
          keys.equals(Set.of(DefinitionParts.SHADOW))
              ? EnumSet.of(Affected.INFERENCE)
              : EnumSet.of(Affected.INFERENCE, Affected.DRIFT);
      case DefinitionParts.INPUTS -> EnumSet.of(Affected.INFERENCE, Affected.DRIFT);
      case DefinitionParts.LABELS ->
          // Predictions contain the slices.
          keys.stream().anyMatch(key -> key.startsWith("slice "))
              ? EnumSet.of(Affected.INFERENCE, Affected.DRIFT)
              : EnumSet.of(Affected.DRIFT);
      case DefinitionParts.DRIFT -> EnumSet.of(Affected.DRIFT);
      case DefinitionParts.RETRAIN -> ofRetrain(keys);
      case DefinitionParts.SKEW -> EnumSet.of(Affected.FEATURES);
      default -> EnumSet.allOf(Affected.class);
    };
  }

  private static Set<Affected> ofRetrain(Set<String> keys) {
    Set<Affected> affected = EnumSet.noneOf(Affected.class);
    for (String key : keys) {
      affected.add(key.startsWith(DefinitionParts.CALL) ? Affected.RETRAIN : Affected.DRIFT);
    }
    return affected;
  }

  private Set<Affected> ofSource(String source, Set<String> keys) {
    Set<Affected> affected = EnumSet.of(Affected.INGEST);
    if (keys.stream().allMatch(key -> OF_INGEST.contains(key) || key.startsWith("contract "))) {
      return affected;
    }
    boolean scored = source.equals(pipeline.score());
    if (scored) {
      affected.add(Affected.INFERENCE);
    }
    if (scored
        || pipeline.features().values().stream().anyMatch(view -> view.from().equals(source))) {
      affected.add(Affected.FEATURES);
    }
    if (scored || (pipeline.labels() != null && pipeline.labels().from().equals(source))) {
      affected.add(Affected.DRIFT);
    }
    return affected;
  }
}
