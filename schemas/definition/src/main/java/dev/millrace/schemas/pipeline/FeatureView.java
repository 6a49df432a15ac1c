package dev.millrace.schemas.pipeline;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Features of one entity, computed from one source, or from the predictions or outcomes of the
 * pipeline itself ({@link Feedback}).
 *
 * @param name unique in the pipeline, usable in a topic name and as an Avro name
 * @param from name of the source
 * @param entity the fields of that source that identify an entity
 * @param ttl age beyond which a row is not used; null: unlimited
 * @param rowWait the time that a scored event waits for its features; 200 ms by default
 * @param join where the rows are kept if the view is not keyed as the scored events; replicated by
 *     default
 * @param delay event time after which a prediction or an outcome counts; zero for producers'
 *     sources
 * @param features in the file's order: aggregates, then operations, then windows
 */
public record FeatureView(
    String name,
    String from,
    EntityKey entity,
    @Nullable Duration ttl,
    Wait rowWait,
    Join join,
    Duration delay,
    List<Feature> features)
    implements Serializable {
  public FeatureView {
    features = List.copyOf(features);
  }

  /** The same with replicated rows and without delay. */
  public FeatureView(
      String name,
      String from,
      EntityKey entity,
      @Nullable Duration ttl,
      Wait rowWait,
      List<Feature> features) {
    this(name, from, entity, ttl, rowWait, Join.REPLICATED, Duration.ZERO, features);
  }

  /**
   * A feature by its name.
   *
   * @throws IllegalArgumentException if the view has none of that name
   */
  public Feature feature(String featureName) {
    return features.stream()
        .filter(feature -> feature.name().equals(featureName))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("view " + name + " has no feature " + featureName));
  }
}
