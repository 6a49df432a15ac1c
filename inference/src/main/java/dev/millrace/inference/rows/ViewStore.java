package dev.millrace.inference.rows;

import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ViewVersion;
import dev.millrace.schemas.topics.Topics;
import java.util.List;

/**
 * The online store of a feature view: the newest row of each entity. Rows of a view that is keyed
 * as the scored source are in the partition of the event; those of other views are replicated, or
 * in the partition of their entity.
 *
 * @param version of the view's definition
 * @param isReplicated whether every instance has all rows of the view
 * @param isRepartitioned whether the rows are in the partition of their entity, which may be
 *     another than that of the events that look them up
 * @param isFedByVectors whether the vectors hold the rows of events; the topic has only those that
 *     change without an event
 * @param topic of the rows
 * @param store its name, with the view's version: rows of another definition are never read
 */
public record ViewStore(
    FeatureView view,
    String version,
    boolean isReplicated,
    boolean isRepartitioned,
    boolean isFedByVectors,
    String topic,
    String store) {

  /** The stores of a pipeline, in the order of its views. */
  public static List<ViewStore> of(Pipeline pipeline) {
    return pipeline.features().values().stream().map(view -> of(pipeline, view)).toList();
  }

  private static ViewStore of(Pipeline pipeline, FeatureView view) {
    String version = ViewVersion.of(pipeline, view).version();
    return new ViewStore(
        view,
        version,
        !pipeline.isKeyedAsScored(view) && !pipeline.isRepartitioned(view),
        pipeline.isRepartitioned(view),
        pipeline.isFedByVectors(view),
        Topics.features(pipeline, view.name()),
        "%s-%s-entities".formatted(view.name(), version));
  }

  public String name() {
    return view.name();
  }
}
