package dev.millrace.inference;

import dev.millrace.schemas.avro.WaitResult;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.topics.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How inference comes by the rows of a feature view.
 *
 * @param topic where its rows come from
 * @param store of its newest row an entity
 */
record ViewPlan(FeatureView view, Access access, String topic, String store) {
  /** Where a view's rows are kept, and whether an event waits for one. */
  enum Access {
    /**
     * Computed from the scored source and keyed as it is: every event causes a row in its own
     * partition, and waits for it.
     */
    OWN,
    /** Keyed as the scored source is: the rows are in the event's partition. */
    LOCAL,
    /** Keyed otherwise: every instance has all rows. */
    GLOBAL
  }

  /** The views of a pipeline, in the file's order. */
  static List<ViewPlan> of(Pipeline pipeline) {
    List<ViewPlan> plans = new ArrayList<>();
    for (FeatureView view : pipeline.features().values()) {
      String topic = Topics.features(pipeline, view.name());
      plans.add(new ViewPlan(view, access(pipeline, view), topic, view.name() + "-rows"));
    }
    return List.copyOf(plans);
  }

  private static Access access(Pipeline pipeline, FeatureView view) {
    if (!view.entity().equals(pipeline.scored().key())) {
      return Access.GLOBAL;
    }
    return pipeline.awaits(view) ? Access.OWN : Access.LOCAL;
  }

  boolean isOwn() {
    return access == Access.OWN;
  }

  boolean isGlobal() {
    return access == Access.GLOBAL;
  }

  /**
   * How the wait of an event for its own row ended.
   *
   * @param now wall clock, epoch millis
   * @return null while it goes on
   */
  @Nullable WaitResult waitOutcome(Event event, boolean arrived, long now) {
    if (arrived) {
      return WaitResult.ARRIVED;
    }
    if (!isOwn() || atMost().isZero()) {
      return WaitResult.NOT_AWAITED;
    }
    return now >= event.waitEnds(atMost()) ? WaitResult.TIMED_OUT : null;
  }

  /** How long an event waits for its own row. */
  Duration atMost() {
    Duration atMost = view.rowWait().atMost();
    return atMost == null ? Topics.ROW_RETENTION : atMost;
  }
}
