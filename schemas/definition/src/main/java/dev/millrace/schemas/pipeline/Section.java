package dev.millrace.schemas.pipeline;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/**
 * A mapping of the file. Whoever reads it asks for each key that may be there and closes it; what
 * was not asked for is then an unknown key.
 */
final class Section {
  private final Entry self;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Set<String> known = new LinkedHashSet<>();

  /** Keys that must be there and are not, with what was expected. */
  private final Map<String, String> missing = new LinkedHashMap<>();

  Section(Entry self) {
    this.self = self;
    if (self.node() instanceof MappingNode mapping) {
      mapping.getValue().forEach(this::put);
    }
  }

  private void put(NodeTuple tuple) {
    int line = tuple.getKeyNode().getStartMark().getLine() + 1;
    if (!(tuple.getKeyNode() instanceof ScalarNode scalar)) {
      self.mistakes().add(line, self.path(), "a key is no single word", null, null);
      return;
    }
    String key = scalar.getValue();
    Entry entry = new Entry(path(key), line, tuple.getValueNode(), self.mistakes());
    Entry first = entries.putIfAbsent(key, entry);
    if (first != null) {
      entry.wrong("duplicate key, first on line " + first.line(), null);
    }
  }

  private String path(String key) {
    return self.path().isEmpty() ? key : self.path() + "." + key;
  }

  /** The value of a key that may be left out; null where it is. */
  @Nullable Entry optional(String key) {
    known.add(key);
    return entries.get(key);
  }

  /** The value of a key that must be there; null, and a mistake, where it is not. */
  @Nullable Entry required(String key, String expected) {
    Entry entry = optional(key);
    if (entry == null && self.isMapping()) {
      missing.put(key, expected);
    }
    return entry;
  }

  /** A duration, zero too, or what holds where the key is left out. */
  Duration duration(String key, Duration otherwise) {
    Entry entry = optional(key);
    Duration duration = entry == null ? null : entry.duration();
    return duration == null ? otherwise : duration;
  }

  /** A whole number, or what holds where the key is left out. */
  int integer(String key, int least, int otherwise) {
    Entry entry = optional(key);
    Integer number = entry == null ? null : entry.integer(least, Integer.MAX_VALUE);
    return number == null ? otherwise : number;
  }

  /** A constant of an enum, or what holds where the key is left out. */
  <E extends Enum<E>> E constant(String key, E otherwise) {
    Entry entry = optional(key);
    E constant = entry == null ? null : entry.constant(key, otherwise.getDeclaringClass());
    return constant == null ? otherwise : constant;
  }

  /** Every entry of a mapping whose keys are names of the user's. */
  Collection<Map.Entry<String, Entry>> named() {
    known.addAll(entries.keySet());
    return entries.entrySet();
  }

  /** Notes the unknown keys and the missing ones, but those that an unknown one was meant for. */
  void close() {
    for (Map.Entry<String, Entry> each : entries.entrySet()) {
      if (!known.contains(each.getKey())) {
        each.getValue().unknown("key", each.getKey(), known);
        String meant = Mistakes.nearest(each.getKey(), known);
        if (meant != null) {
          missing.remove(meant);
        }
      }
    }
    missing.forEach(
        (key, expected) -> self.mistakes().add(self.line(), path(key), "missing", expected, null));
  }
}
