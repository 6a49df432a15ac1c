package dev.millrace.features;

import static java.util.Comparator.comparingLong;

import dev.millrace.features.BankStreams.Seen;
import dev.millrace.schemas.expression.Expression;
import dev.millrace.schemas.operation.Window;
import dev.millrace.schemas.pipeline.Feature;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Fields;
import dev.millrace.schemas.pipeline.Lookup;
import dev.millrace.schemas.pipeline.Pipeline;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * The vectors by their definition: for each scored event, each lookup from all events of its view
 * up to the event's time.
 */
final class BankOracle {
  private final Pipeline pipeline;
  private final BankStreams streams;

  BankOracle(Pipeline pipeline, BankStreams streams) {
    this.pipeline = pipeline;
    this.streams = streams;
  }

  /** By event id, the lookups. */
  Map<String, String> vectors() {
    Map<String, String> vectors = new LinkedHashMap<>();
    for (Seen event : streams.events(pipeline.score())) {
      List<String> parts = new ArrayList<>();
      for (Lookup lookup : pipeline.lookups().values()) {
        parts.add(part(lookup, event));
      }
      vectors.put(String.valueOf(event.value().get("id")), parts.toString());
    }
    return vectors;
  }

  private String part(Lookup lookup, Seen question) {
    return part(lookup, question, event -> true);
  }

  /** The answer to a question if only the events that a test accepts had been read. */
  String part(Lookup lookup, Seen question, Predicate<Seen> read) {
    String entity = lookup.key().of(question.value());
    return row(lookup.view(), entity, question.timeMillis(), read);
  }

  /** The newest event of an entity as of a time, and the features; "null" if nothing is left. */
  String part(FeatureView view, @Nullable String entity, long asOf) {
    return row(view, entity, asOf, event -> true);
  }

  /** The same if only the events that a test accepts had been read. */
  String row(FeatureView view, @Nullable String entity, long asOf, Predicate<Seen> read) {
    long delay = view.delay().toMillis();
    List<Seen> known =
        streams.events(view.from()).stream()
            .map(event -> new Seen(event.value(), event.timeMillis() + delay, event.order()))
            .filter(event -> Objects.equals(view.entity().of(event.value()), entity))
            .filter(event -> entity != null && event.timeMillis() <= asOf && read.test(event))
            .sorted(comparingLong(Seen::timeMillis).thenComparing(comparingLong(Seen::order)))
            .toList();
    if (known.isEmpty() || known.get(known.size() - 1).timeMillis() + keep(view) <= asOf) {
      return "null";
    }
    List<@Nullable Object> values = new ArrayList<>();
    view.features().forEach(feature -> values.add(value(feature, known, asOf)));
    return known.get(known.size() - 1).timeMillis() + " " + values;
  }

  private static long hop(Window window) {
    return Math.max(1, window.lengthMillis() / 60);
  }

  private static long keep(FeatureView view) {
    long longest =
        view.features().stream()
            .map(Feature::window)
            .filter(window -> window.kind() == Window.Kind.SLIDING)
            .mapToLong(window -> window.lengthMillis() + hop(window))
            .max()
            .orElseThrow();
    return Math.max(longest, view.ttl() == null ? 0 : view.ttl().toMillis());
  }

  private static long tail(Window window, long asOf) {
    long length = window.lengthMillis();
    return switch (window.kind()) {
      case SLIDING -> Math.floorDiv(asOf - length, hop(window)) * hop(window);
      case FIXED -> Math.floorDiv(asOf, length) * length;
      case UNBOUNDED -> Long.MIN_VALUE;
    };
  }

  private static @Nullable Object value(Feature feature, List<Seen> known, long asOf) {
    long from = tail(feature.window(), asOf);
    List<Object> values =
        known.stream()
            .filter(event -> event.timeMillis() >= from && passes(feature, event.value()))
            .map(event -> input(feature, event.value()))
            .filter(Objects::nonNull)
            .toList();
    return switch (feature.operation().name()) {
      case "COUNT" -> (long) values.size();
      case "LAST" -> values.isEmpty() ? null : values.get(values.size() - 1);
      case "MAX" ->
          values.isEmpty()
              ? null
              : values.stream().mapToDouble(v -> (Double) v).max().orElseThrow();
      case "SUM" -> values.isEmpty() ? null : sum(values);
      default -> throw new AssertionError(feature.operation());
    };
  }

  private static boolean passes(Feature feature, GenericRecord event) {
    Expression where = feature.where();
    return where == null || where.isTrue(name -> Fields.value(event, name));
  }

  private static @Nullable Object input(Feature feature, GenericRecord event) {
    Expression input = feature.input();
    return input == null ? true : input.evaluate(name -> Fields.value(event, name));
  }

  /** Exact, rounded once. */
  private static double sum(List<Object> values) {
    return values.stream()
        .map(value -> new java.math.BigDecimal((Double) value))
        .reduce(java.math.BigDecimal.ZERO, java.math.BigDecimal::add)
        .doubleValue();
  }
}
