package dev.millrace.inference.rows;

import dev.millrace.schemas.pipeline.EntityKey;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.topics.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How inference reads the rows of a feature view. Rows of a view that is keyed as the scored source
 * are in the partition of the event; those of other views are replicated.
 *
 * @param isReplicated whether every instance has all rows of the view
 * @param isAwaited whether each event produces a row in its own partition and waits for it: the
 *     view is computed from the scored source and keyed as it is
 * @param topic of the rows
 * @param store of the newest row of each entity
 */
public record ViewAccess(
    FeatureView view, boolean isReplicated, boolean isAwaited, String topic, String store) {

  /** The views of a pipeline, in the order of the file. */
  public static List<ViewAccess> of(Pipeline pipeline) {
    List<ViewAccess> views = new ArrayList<>();
    for (FeatureView view : pipeline.features().values()) {
      boolean isReplicated = !view.entity().equals(EntityKey.of(pipeline.scored().key()));
      views.add(
          new ViewAccess(
              view,
              isReplicated,
              !isReplicated && pipeline.awaits(view),
              Topics.features(pipeline, view.name()),
              view.name() + "-rows"));
    }
    return List.copyOf(views);
  }

  public String name() {
    return view.name();
  }

  /** How long an event waits for its row; null if rows are not awaited. */
  public @Nullable Duration rowWait() {
    if (!isAwaited) {
      return null;
    }
    Duration atMost = view.rowWait().atMost();
    return atMost == null ? Topics.VECTOR_RETENTION : atMost;
  }
}
