package dev.millrace.schemas.pipeline.file;

import dev.millrace.schemas.pipeline.Durations;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A mapping of the file with known keys. A reader reads every key of the form and then closes the
 * mapping, which reports the unknown keys and the missing ones.
 */
final class YamlMapping {
  private final YamlValue self;
  private final ValueSpec.Block form;
  private final Map<String, YamlValue> values;
  private final Set<KeySpec<?>> read = new HashSet<>();

  YamlMapping(YamlValue self, ValueSpec.Block form) {
    this.self = self;
    this.form = form;
    this.values = self.entries();
  }

  /**
   * The value of a key; null if it is left out.
   *
   * @throws IllegalArgumentException if the form does not have the key: the reader and the JSON
   *     Schema would differ
   */
  @Nullable YamlValue value(KeySpec<?> key) {
    if (!form.keys().contains(key)) {
      throw new IllegalArgumentException("the form lacks the key " + key.name());
    }
    read.add(key);
    return values.get(key.name());
  }

  /** A text; null if it is left out or wrong. */
  @Nullable String text(KeySpec<ValueSpec.Text> key) {
    YamlValue value = value(key);
    return value == null ? null : value.text(key.form());
  }

  /** A duration, or the default if it is left out or wrong. */
  Duration duration(KeySpec<ValueSpec.Time> key) {
    Duration duration = durationOrNull(key);
    return duration == null
        ? Objects.requireNonNull(Durations.parse(defaultOf(key)), key.name())
        : duration;
  }

  /** A duration; null if it is left out or wrong. */
  @Nullable Duration durationOrNull(KeySpec<ValueSpec.Time> key) {
    YamlValue value = value(key);
    return value == null ? null : value.duration(key.form());
  }

  /** A whole number, or the default if it is left out or wrong. */
  int whole(KeySpec<ValueSpec.Whole> key) {
    YamlValue value = value(key);
    Integer number = value == null ? null : value.whole(key.form());
    return number == null ? Integer.parseInt(defaultOf(key)) : number;
  }

  /** A number, or the default if it is left out or wrong. */
  double decimal(KeySpec<ValueSpec.Decimal> key) {
    YamlValue value = value(key);
    Double number = value == null ? null : value.decimal(key.form());
    return number == null ? Double.parseDouble(defaultOf(key)) : number;
  }

  /** true or false, or the default if it is left out or wrong. */
  boolean truth(KeySpec<ValueSpec.Truth> key) {
    YamlValue value = value(key);
    Boolean truth = value == null ? null : value.truth();
    return truth == null ? Boolean.parseBoolean(defaultOf(key)) : truth;
  }

  /** A constant of an enum, or the default if it is left out or wrong. */
  <E extends Enum<E>> E constant(KeySpec<ValueSpec.Constant<E>> key) {
    YamlValue value = value(key);
    E constant = value == null ? null : value.constant(key.name(), key.form());
    return constant == null
        ? Objects.requireNonNull(key.form().byName().get(defaultOf(key)), key.name())
        : constant;
  }

  private static String defaultOf(KeySpec<?> key) {
    return Objects.requireNonNull(key.defaultValue(), key.name());
  }

  /**
   * Reports the unknown keys and the missing ones, except those that are the nearest name of an
   * unknown one.
   *
   * @throws IllegalStateException if a key of the form was not read: the reader and the JSON Schema
   *     would differ
   */
  void close() {
    if (read.size() != form.keys().size()) {
      throw new IllegalStateException(self.path() + " has keys that are not read");
    }
    List<String> known = form.keys().stream().map(KeySpec::name).toList();
    Map<String, KeySpec<?>> missing = new LinkedHashMap<>();
    if (self.isMapping()) {
      form.keys().stream()
          .filter(key -> key.isRequired() && !values.containsKey(key.name()))
          .forEach(key -> missing.put(key.name(), key));
    }
    for (Map.Entry<String, YamlValue> each : values.entrySet()) {
      if (!known.contains(each.getKey())) {
        each.getValue().unknown("key", each.getKey(), known);
        String meant = NearestName.of(each.getKey(), known);
        if (meant != null) {
          missing.remove(meant);
        }
      }
    }
    missing.values().forEach(key -> self.missing(key.name(), key.description()));
  }
}
