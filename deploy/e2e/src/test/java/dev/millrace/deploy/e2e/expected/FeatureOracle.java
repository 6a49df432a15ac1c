package dev.millrace.deploy.e2e.expected;

import dev.millrace.schemas.operation.Window;
import dev.millrace.schemas.pipeline.Feature;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Source;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * Computes the features of a view in the simplest way: it keeps every event and iterates over all
 * of them for each value. It uses the definition of the view and no code that computes features.
 */
public final class FeatureOracle {
  /** The start of a window is rounded down to a sixtieth of its length; see features/README.md. */
  private static final int HOPS = 60;

  /**
   * An event of the view's source.
   *
   * @param values of its fields in the types of expressions
   */
  public record Event(String id, long timeMillis, Map<String, Object> values) {
    /** The event of a record in a source's clean topic. */
    public static Event of(GenericRecord record, Source source) {
      Map<String, Object> values = new HashMap<>();
      for (Schema.Field field : record.getSchema().getFields()) {
        Object value = record.get(field.pos());
        if (value != null) {
          values.put(field.name(), value instanceof Number ? value : value.toString());
        }
      }
      return new Event(
          record.get(source.id()).toString(), (Long) record.get(source.time()), values);
    }
  }

  private final FeatureView view;
  private final Map<String, List<Event>> events = new HashMap<>();

  public FeatureOracle(FeatureView view) {
    this.view = view;
  }

  /** Adds an event; those of one entity in the order of their partition. */
  public void add(Event event) {
    List<String> key = new ArrayList<>();
    for (String field : view.entity().fields()) {
      Object value = event.values.get(field);
      if (value == null) {
        return;
      }
      key.add(value.toString());
    }
    events.computeIfAbsent(view.entity().of(key), none -> new ArrayList<>()).add(event);
  }

  /**
   * The features of an entity as of a time, over all its events, by name; null for a missing value.
   */
  public Map<String, @Nullable Object> asOf(String entity, long timeMillis) {
    return values(events.getOrDefault(entity, List.of()), timeMillis);
  }

  /**
   * The features of an entity as of one of its events, over the events up to that one in the order
   * of the partition, by name; null for a missing value.
   *
   * @throws IllegalArgumentException if the entity has no such event
   */
  public Map<String, @Nullable Object> asOf(String entity, String eventId) {
    List<Event> all = events.getOrDefault(entity, List.of());
    int last = -1;
    for (int i = 0; i < all.size() && last < 0; i++) {
      last = all.get(i).id.equals(eventId) ? i : -1;
    }
    if (last < 0) {
      throw new IllegalArgumentException("no event " + eventId + " of " + entity);
    }
    return values(all.subList(0, last + 1), all.get(last).timeMillis);
  }

  private Map<String, @Nullable Object> values(List<Event> seen, long timeMillis) {
    Map<String, @Nullable Object> values = new HashMap<>();
    for (Feature feature : view.features()) {
      values.put(feature.name(), value(feature, seen, timeMillis));
    }
    return values;
  }

  private static @Nullable Object value(Feature feature, List<Event> seen, long nowMillis) {
    if (feature.window().kind() != Window.Kind.SLIDING) {
      throw new AssertionError("no end-to-end pipeline has the window " + feature.window());
    }
    long length = feature.window().lengthMillis();
    long hop = Math.max(1, length / HOPS);
    long fromMillis = Math.floorDiv(nowMillis - length, hop) * hop;
    List<Event> window =
        seen.stream()
            .filter(event -> event.timeMillis >= fromMillis && event.timeMillis <= nowMillis)
            .filter(event -> counts(feature, event))
            .toList();
    return switch (feature.operation()) {
      case COUNT -> (double) window.size();
      case LAST -> window.isEmpty() ? null : input(latest(window), feature);
      default -> {
        double[] numbers = window.stream().mapToDouble(event -> number(event, feature)).toArray();
        yield numbers.length == 0 ? null : number(feature, numbers);
      }
    };
  }

  private static boolean counts(Feature feature, Event event) {
    if (feature.input() != null && input(event, feature) == null) {
      return false;
    }
    return feature.where() == null || Boolean.TRUE.equals(feature.where().evaluate(event.values));
  }

  private static @Nullable Object input(Event event, Feature feature) {
    return Objects.requireNonNull(feature.input()).evaluate(event.values);
  }

  private static double number(Event event, Feature feature) {
    return ((Number) Objects.requireNonNull(input(event, feature))).doubleValue();
  }

  /** The latest event; of several at the same time the last one. */
  private static Event latest(List<Event> window) {
    Event latest = window.get(0);
    for (Event event : window) {
      latest = event.timeMillis >= latest.timeMillis ? event : latest;
    }
    return latest;
  }

  private static double number(Feature feature, double[] numbers) {
    double sum = 0;
    double least = Double.POSITIVE_INFINITY;
    double greatest = Double.NEGATIVE_INFINITY;
    for (double number : numbers) {
      sum += number;
      least = Math.min(least, number);
      greatest = Math.max(greatest, number);
    }
    double mean = sum / numbers.length;
    double squares = 0;
    for (double number : numbers) {
      squares += (number - mean) * (number - mean);
    }
    return switch (feature.operation()) {
      case SUM -> sum;
      case AVG -> mean;
      case MIN -> least;
      case MAX -> greatest;
      case STDDEV -> Math.sqrt(squares / numbers.length);
      default -> throw new AssertionError(feature.operation());
    };
  }
}
