package dev.millrace.schemas.pipeline.file;

import java.util.Collection;
import java.util.Locale;
import org.apache.commons.text.similarity.DamerauLevenshteinDistance;
import org.jspecify.annotations.Nullable;

/** Finds the known name that is nearest to an unknown one. */
public final class NearestName {
  private static final DamerauLevenshteinDistance DISTANCE = new DamerauLevenshteinDistance();

  private NearestName() {}

  /**
   * The known name that differs least from an unknown one, ignoring case.
   *
   * @return null if more than a third of the letters differ
   */
  public static @Nullable String of(String unknown, Collection<String> known) {
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

  /** The number of letters to insert, delete, replace or swap with the next. */
  static int distance(String from, String to) {
    return DISTANCE.apply(from, to);
  }
}
