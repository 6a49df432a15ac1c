package dev.millrace.features.view;

import dev.millrace.schemas.pipeline.Generation;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ViewVersion;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How the job of a generation is built, beyond its pipeline file.
 *
 * @param order the names of the lookups in the order in which a question passes them. Lookups of
 *     views with state come before those that are backfilled, whose questions wait: so the answers
 *     of the former do not depend on the backfill.
 * @param backfills by view; none for a view that has read its source from the beginning with the
 *     others
 */
public record GenerationPlan(List<String> order, Map<String, Backfill> backfills) {
  public GenerationPlan {
    order = List.copyOf(order);
    backfills = Collections.unmodifiableMap(new LinkedHashMap<>(backfills));
  }

  /**
   * What a job that starts from the state of another generation knows of it.
   *
   * @param views the versions of its views, by name
   * @param lookups its lookups, as {@link Generation#text} writes them, in their order
   * @param backfills of its views
   */
  public record Base(
      Map<String, String> views, List<String> lookups, Map<String, Backfill> backfills) {}

  /** The plan of a job that starts without state: it reads everything from the beginning. */
  public static GenerationPlan first(Pipeline pipeline) {
    return new GenerationPlan(List.copyOf(pipeline.lookups().keySet()), Map.of());
  }

  /**
   * The plan of a job that starts with the state of another generation. A view keeps its state if
   * its version and its lookups are those of the base. Any other view is backfilled.
   *
   * @param boundaries of a view that is backfilled; not before the positions of the state
   */
  public static GenerationPlan from(
      Base base, Pipeline pipeline, Function<String, Backfill> boundaries) {
    Set<String> kept =
        ViewVersion.all(pipeline).stream()
            .filter(view -> keeps(base, pipeline, view))
            .map(ViewVersion::view)
            .collect(Collectors.toSet());
    List<String> order = new ArrayList<>();
    for (String text : base.lookups()) {
      String name = text.substring(0, text.indexOf('='));
      var lookup = pipeline.lookups().get(name);
      if (lookup != null && kept.contains(lookup.view().name())) {
        order.add(name);
      }
    }
    pipeline.lookups().keySet().stream().filter(name -> !order.contains(name)).forEach(order::add);
    Map<String, Backfill> backfills = new LinkedHashMap<>();
    for (String view : pipeline.features().keySet()) {
      Backfill backfill = kept.contains(view) ? base.backfills().get(view) : boundaries.apply(view);
      if (backfill != null) {
        backfills.put(view, backfill);
      }
    }
    return new GenerationPlan(order, backfills);
  }

  private static boolean keeps(Base base, Pipeline pipeline, ViewVersion view) {
    Set<String> lookups =
        pipeline.lookups().values().stream()
            .filter(lookup -> lookup.view().name().equals(view.view()))
            .map(Generation::text)
            .collect(Collectors.toSet());
    Set<String> before =
        base.lookups().stream()
            .filter(text -> text.contains("=" + view.view() + ":"))
            .collect(Collectors.toSet());
    return view.version().equals(base.views().get(view.view())) && lookups.equals(before);
  }

  /** The backfill of a view; null if it has none. */
  public @Nullable Backfill backfill(String view) {
    return backfills.get(view);
  }
}
