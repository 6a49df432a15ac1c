package dev.millrace.schemas.pipeline.file;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Collects the mistakes of one file, so that all are reported at once. */
final class Mistakes {
  private static final int SHOWN = 12;

  private final String file;
  private final List<Mistake> found = new ArrayList<>();

  Mistakes(String file) {
    this.file = file;
  }

  void add(
      int line, String key, String problem, @Nullable String expected, @Nullable String nearest) {
    found.add(new Mistake(file, line, key, problem, expected, nearest));
  }

  int count() {
    return found.size();
  }

  /** All mistakes, in the order of the file. */
  PipelineException exception() {
    return new PipelineException(
        found.stream().sorted(Comparator.comparingInt(Mistake::line)).toList());
  }

  /** The known names, the first twelve of them by name. */
  static @Nullable String oneOf(Collection<String> known) {
    if (known.isEmpty()) {
      return null;
    }
    String shown = known.stream().limit(SHOWN).collect(Collectors.joining(", "));
    int hidden = known.size() - SHOWN;
    return "one of " + shown + (hidden > 0 ? " and " + hidden + " more" : "");
  }
}
