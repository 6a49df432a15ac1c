package dev.millrace.deploy.evolution;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The difference of two texts in lines of {@code key: value}, each key once. */
final class LineDifference {
  private LineDifference() {}

  /**
   * The lines that differ, in the order of their keys: {@code - } before a line of the first text
   * only, {@code + } before one of the second. Empty if the texts are equal.
   */
  static List<String> of(String before, String after) {
    List<String> difference = new ArrayList<>();
    Map<String, String> old = byKey(before);
    Map<String, String> now = byKey(after);
    for (String key : keys(old, now)) {
      if (!Objects.equals(old.get(key), now.get(key))) {
        if (old.containsKey(key)) {
          difference.add("- " + old.get(key));
        }
        if (now.containsKey(key)) {
          difference.add("+ " + now.get(key));
        }
      }
    }
    if (difference.isEmpty() && !before.equals(after)) {
      difference.add("  the same lines in another order");
    }
    return difference;
  }

  /** The keys of the lines that differ. */
  static Set<String> keys(String before, String after) {
    Map<String, String> old = byKey(before);
    Map<String, String> now = byKey(after);
    Set<String> differing = keys(old, now);
    differing.removeIf(key -> Objects.equals(old.get(key), now.get(key)));
    return differing;
  }

  private static Set<String> keys(Map<String, String> old, Map<String, String> now) {
    Set<String> keys = new LinkedHashSet<>(old.keySet());
    keys.addAll(now.keySet());
    return keys;
  }

  private static Map<String, String> byKey(String text) {
    Map<String, String> lines = new LinkedHashMap<>();
    text.lines().forEach(line -> lines.put(line.replaceFirst(":.*", ""), line));
    return lines;
  }
}
