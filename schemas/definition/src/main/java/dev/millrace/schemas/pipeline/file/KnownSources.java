package dev.millrace.schemas.pipeline.file;

import dev.millrace.schemas.pipeline.Source;
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
    String name = value == null ? null : value.text(FORM);
    if (value != null && name != null && !named.contains(name)) {
      value.unknown("source", name, named);
    }
    return name == null ? null : read.get(name);
  }
}
