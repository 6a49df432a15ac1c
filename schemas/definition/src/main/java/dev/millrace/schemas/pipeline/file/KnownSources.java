package dev.millrace.schemas.pipeline.file;

import dev.millrace.schemas.pipeline.Feedback;
import dev.millrace.schemas.pipeline.Labels;
import dev.millrace.schemas.pipeline.Source;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The sources of a file for the readers of its other parts, including sources with mistakes. */
final class KnownSources {
  /** A source by its name. */
  static final ValueSpec.Text FORM = ValueSpec.Text.of("a source");

  private final Map<String, Source> read = new LinkedHashMap<>();
  private final Set<String> named = new LinkedHashSet<>();

  /** Adds a source; null if its schema could not be read, so that its fields are unknown. */
  void add(String name, @Nullable Source source) {
    named.add(name);
    if (source != null) {
      read.put(name, source);
    }
  }

  Map<String, Source> all() {
    return read;
  }

  /** The source that a value names; null if it is unknown or its schema was not read. */
  @Nullable Source find(@Nullable YamlValue value) {
    return find(value, named);
  }

  private @Nullable Source find(@Nullable YamlValue value, Set<String> allowed) {
    String name = value == null ? null : value.text(FORM);
    if (value != null && name != null && !allowed.contains(name)) {
      value.unknown("source", name, allowed);
    }
    return name == null ? null : read.get(name);
  }

  /**
   * The source of a view, which may also be made of predictions or outcomes.
   *
   * @param scored null if it has a mistake
   * @param hasLabels whether the file has labels
   * @param labels null if it has none or they have a mistake
   * @return null if it is unknown, or cannot be read, or has a mistake
   */
  @Nullable Source findOfView(
      @Nullable YamlValue value,
      @Nullable Source scored,
      boolean hasLabels,
      @Nullable Labels labels) {
    Feedback feedback =
        Arrays.stream(Feedback.values())
            .filter(each -> value != null && value.isText(each.sourceName()))
            .findFirst()
            .orElse(null);
    if (value == null || feedback == null) {
      Set<String> allowed = new LinkedHashSet<>(named);
      Arrays.stream(Feedback.values()).map(Feedback::sourceName).forEach(allowed::add);
      return find(value, allowed);
    }
    boolean lacksLabels = feedback == Feedback.OUTCOMES && labels == null;
    if (lacksLabels && !hasLabels) {
      value.wrong(
          "the pipeline has no labels, and without them there are no outcomes",
          "a section labels, or predictions");
    }
    if (scored == null || lacksLabels) {
      return null;
    }
    for (String own : feedback.ownFields()) {
      if (scored.schema().getField(own) != null) {
        value.wrong(
            "the scored source '%s' has a field '%s', as %s have"
                .formatted(scored.name(), own, feedback.sourceName()),
            "another name for the field of the event");
      }
    }
    return feedback.source(scored, labels);
  }
}
