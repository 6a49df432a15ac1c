package dev.millrace.inference.waiting;

import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.topics.Topics;
import java.time.Duration;
import java.util.Comparator;

/** How long an event waits for its vector. */
public final class VectorWait {
  private VectorWait() {}

  /**
   * The longest {@code wait} of the views that are looked up. One without a bound ends with the
   * retention of the vectors. Zero: no lookup, or none waits.
   */
  public static Duration of(Pipeline pipeline) {
    return pipeline.lookups().values().stream()
        .map(lookup -> lookup.view().rowWait().atMost())
        .map(atMost -> atMost == null ? Topics.VECTOR_RETENTION : atMost)
        .max(Comparator.naturalOrder())
        .orElse(Duration.ZERO);
  }
}
