package dev.millrace.schemas.pipeline;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Gathers what is wrong with one file, so that all of it can be said at once. */
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

  /** All of them, in the order of the file. */
  PipelineException exception() {
    return new PipelineException(
        found.stream().sorted(Comparator.comparingInt(Mistake::line)).toList());
  }

  /** The known names, of which so many are shown as can be taken in at a glance. */
  static @Nullable String oneOf(Collection<String> known) {
    if (known.isEmpty()) {
      return null;
    }
    String shown = known.stream().limit(SHOWN).collect(Collectors.joining(", "));
    int hidden = known.size() - SHOWN;
    return "one of " + shown + (hidden > 0 ? " and " + hidden + " more" : "");
  }

  /**
   * The known name that differs least from an unknown one, upper and lower case alike.
   *
   * @return null where more than a third of the letters differ
   */
  static @Nullable String nearest(String unknown, Collection<String> known) {
    String nearest = null;
    int least = Integer.MAX_VALUE;
    for (String name : known) {
      int distance = distance(unknown.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT));
      boolean near = distance <= (Math.max(unknown.length(), name.length()) + 2) / 3;
      if (near && distance < least) {
        least = distance;
        nearest = name;
      }
    }
    return nearest;
  }

  /**
   * Letters to insert, delete, replace or swap with the next: the optimal string alignment of
   * Levenshtein's and Damerau's distances.
   */
  static int distance(String from, String to) {
    int[][] distance = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      for (int j = 0; j <= to.length(); j++) {
        if (i == 0 || j == 0) {
          distance[i][j] = i + j;
          continue;
        }
        boolean same = from.charAt(i - 1) == to.charAt(j - 1);
        int replaced = distance[i - 1][j - 1] + (same ? 0 : 1);
        int least = Math.min(replaced, Math.min(distance[i - 1][j], distance[i][j - 1]) + 1);
        boolean swapped =
            i > 1
                && j > 1
                && from.charAt(i - 1) == to.charAt(j - 2)
                && from.charAt(i - 2) == to.charAt(j - 1);
        distance[i][j] = swapped ? Math.min(least, distance[i - 2][j - 2] + 1) : least;
      }
    }
    return distance[from.length()][to.length()];
  }
}
