package dev.millrace.features.view;

import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Lookup;
import dev.millrace.schemas.pipeline.Pipeline;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A lookup as a part of a pipeline. Each lookup has timelines of its own.
 *
 * @param index among the pipeline's lookups
 * @param ofScored whether its view is made of the scored source
 * @param feeds whether it writes the feature topic of its view: the view's first lookup in the
 *     plan's order does. The order of the file may change, and only the lookup that wrote an
 *     entity's rows knows when they change next
 * @param fedByVectors whether the feature topic needs no rows for scored events, see {@link
 *     Pipeline#isFedByVectors}
 * @param align whether it answers when its sources have passed the time of the question
 * @param backfill the events that its view reads on its own; null: none
 * @param queued whether questions wait for a backfill at a lookup before this one
 */
public record LookupUse(
    int index,
    Lookup lookup,
    boolean ofScored,
    boolean feeds,
    boolean fedByVectors,
    boolean align,
    @Nullable Backfill backfill,
    boolean queued)
    implements Serializable {

  /** The lookups of a pipeline whose views have read their sources from the beginning. */
  public static List<LookupUse> of(Pipeline pipeline) {
    return of(pipeline, GenerationPlan.first(pipeline));
  }

  /** The lookups of a pipeline, in its order. */
  public static List<LookupUse> of(Pipeline pipeline, GenerationPlan plan) {
    List<LookupUse> uses = new ArrayList<>();
    Set<String> feeding = feeding(pipeline, plan);
    for (Lookup lookup : pipeline.lookups().values()) {
      FeatureView view = lookup.view();
      uses.add(
          new LookupUse(
              uses.size(),
              lookup,
              view.from().equals(pipeline.score()),
              feeding.contains(lookup.name()),
              pipeline.isFedByVectors(view),
              pipeline.align(),
              plan.backfill(view.name()),
              isQueued(pipeline, plan, lookup)));
    }
    return List.copyOf(uses);
  }

  /** The first lookup of each view. */
  private static Set<String> feeding(Pipeline pipeline, GenerationPlan plan) {
    Set<String> fed = new HashSet<>();
    return plan.order().stream()
        .filter(name -> fed.add(lookup(pipeline, name).view().name()))
        .collect(Collectors.toSet());
  }

  private static boolean isQueued(Pipeline pipeline, GenerationPlan plan, Lookup lookup) {
    return plan.order().stream()
        .takeWhile(name -> !name.equals(lookup.name()))
        .anyMatch(name -> plan.backfill(lookup(pipeline, name).view().name()) != null);
  }

  private static Lookup lookup(Pipeline pipeline, String name) {
    return Objects.requireNonNull(pipeline.lookups().get(name));
  }

  /** The view that is looked up. */
  public FeatureView view() {
    return lookup.view();
  }
}
