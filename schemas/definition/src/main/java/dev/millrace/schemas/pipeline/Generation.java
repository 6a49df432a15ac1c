package dev.millrace.schemas.pipeline;

import java.util.ArrayList;
import java.util.List;

/**
 * The generation of a pipeline's feature vectors: one state of all its lookups and of the versions
 * of their views. Vectors of different generations have different features or values, so each
 * generation has a topic and a job of its own.
 */
public final class Generation {
  private Generation() {}

  /**
   * The digest of the scored source, of all lookups and of all view versions, 8 hexadecimal digits.
   * Another order of lookups in the file is another generation: questions that wait in the state of
   * a job hold their answers in that order.
   */
  public static String of(Pipeline pipeline) {
    List<String> parts = new ArrayList<>(List.of(scored(pipeline)));
    parts.addAll(lookups(pipeline));
    ViewVersion.all(pipeline).stream()
        .map(view -> view.view() + "=" + view.version())
        .sorted()
        .forEach(parts::add);
    return ViewVersion.digest(String.join("\n", parts));
  }

  /** Who asks: the scored source with its key and its event time, and whether its events wait. */
  public static String scored(Pipeline pipeline) {
    Source source = pipeline.scored();
    return "%s by %s at %s%s"
        .formatted(source.name(), source.key(), source.time(), pipeline.align() ? ", aligned" : "");
  }

  /** Each lookup as {@code <name>=<view>:<key fields>}, in the pipeline's order. */
  public static List<String> lookups(Pipeline pipeline) {
    return pipeline.lookups().values().stream().map(Generation::text).toList();
  }

  /** A lookup as {@code <name>=<view>:<key fields>}. */
  public static String text(Lookup lookup) {
    return "%s=%s:%s".formatted(lookup.name(), lookup.view().name(), lookup.key());
  }
}
