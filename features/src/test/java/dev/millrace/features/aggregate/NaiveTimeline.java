package dev.millrace.features.aggregate;

import static java.util.Comparator.comparingLong;

import dev.millrace.schemas.operation.Window;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The simple implementation that {@link Timeline} must equal: it keeps every event, and computes
 * every feature from all of them without rounding.
 */
final class NaiveTimeline {
  record Seen(long time, int arrival, List<@Nullable Object> values) {}

  /** As the README states it. */
  private static final int MAX_CATEGORIES = 500;

  private static final MathContext DIGITS = new MathContext(60);

  private final Plan plan;
  private final List<Seen> seen = new ArrayList<>();

  NaiveTimeline(Plan plan) {
    this.plan = plan;
  }

  @Nullable Object[] add(long time, @Nullable Object[] values) {
    keep(time, values);
    return asOf(time);
  }

  void keep(long time, @Nullable Object[] values) {
    seen.add(new Seen(time, seen.size(), Arrays.asList(values)));
  }

  @Nullable Object[] asOf(long time) {
    return plan.outputs().stream().map(output -> value(output, time)).toArray();
  }

  /** The newest event time as of that time; Long.MIN_VALUE if there is none. */
  long newest(long asOf) {
    return seen.stream()
        .mapToLong(Seen::time)
        .filter(time -> time <= asOf)
        .max()
        .orElse(Long.MIN_VALUE);
  }

  /** For each feature, the events that count as of that time, by their arrival. */
  List<List<Integer>> contents(long asOf) {
    return plan.outputs().stream()
        .map(
            output ->
                window(output.slot(), tail(output.window(), asOf), asOf).stream()
                    .map(Seen::arrival)
                    .toList())
        .toList();
  }

  private static long tail(Window window, long time) {
    long length = window.lengthMillis();
    return switch (window.kind()) {
      case SLIDING -> {
        long hop = Math.max(1, length / 60);
        yield Math.floorDiv(time - length, hop) * hop;
      }
      case FIXED -> time - Math.floorMod(time, length);
      case UNBOUNDED -> Long.MIN_VALUE;
    };
  }

  /** The events that count for a slot, oldest first. */
  List<Seen> window(int slot, long from, long to) {
    Comparator<Seen> order = comparingLong(Seen::time).thenComparing(comparingLong(Seen::arrival));
    return seen.stream()
        .filter(event -> event.time() >= from && event.time() <= to)
        .filter(event -> event.values().get(slot) != null)
        .sorted(order)
        .toList();
  }

  private @Nullable Object value(Plan.Output output, long time) {
    List<Seen> events = window(output.slot(), tail(output.window(), time), time);
    List<Object> values =
        events.stream()
            .map(event -> event.values().get(output.slot()))
            .map(Objects::requireNonNull)
            .toList();
    int number =
        output.argument() == null || !output.argument().matches("\\d+")
            ? 0
            : Integer.parseInt(output.argument());
    return switch (output.operation()) {
      case COUNT -> (long) values.size();
      case RATE -> values.size() / (output.window().lengthMillis() / 1000.0);
      case DISTINCT -> (long) new HashSet<>(values).size();
      case HISTOGRAM ->
          values.stream().filter(value -> value.toString().equals(output.argument())).count();
      case FIRST -> values.isEmpty() ? null : values.get(0);
      case LAST -> newest(values, 0);
      case LAG -> newest(values, number);
      case SINCE_LAST -> since(newest(events, 0), time);
      case SINCE_PREVIOUS -> since(newest(events, 1), time);
      case TOP -> top(values, number);
      case P -> values.isEmpty() ? null : percentile(values, number);
      case SHARE ->
          values.isEmpty()
              ? null
              : (double) values.stream().filter(v -> v.equals(true)).count() / values.size();
      case SUM, AVG, MIN, MAX, VARIANCE, STDDEV ->
          values.isEmpty() ? null : number(output, values.stream().map(v -> exact(v)).toList());
    };
  }

  private static <T> @Nullable T newest(List<T> values, int newer) {
    return values.size() > newer ? values.get(values.size() - 1 - newer) : null;
  }

  private static @Nullable Double since(@Nullable Seen event, long time) {
    return event == null ? null : (time - event.time()) / 1000.0;
  }

  private static @Nullable Object top(List<Object> values, int rank) {
    Map<Object, Integer> counts = new LinkedHashMap<>();
    values.forEach(value -> counts.merge(value, 1, Integer::sum));
    if (counts.size() > MAX_CATEGORIES) {
      return null;
    }
    Comparator<Map.Entry<Object, Integer>> order =
        Map.Entry.<Object, Integer>comparingByValue()
            .reversed()
            .thenComparing(entry -> entry.getKey().toString());
    return counts.entrySet().stream()
        .sorted(order)
        .map(Map.Entry::getKey)
        .skip(rank - 1L)
        .findFirst()
        .orElse(null);
  }

  /** The exact value of that rank, which a sketch only approximates. */
  private static double percentile(List<Object> values, int percent) {
    double[] sorted =
        values.stream().mapToDouble(v -> ((Number) v).doubleValue()).sorted().toArray();
    return sorted[(int) ((long) percent * (sorted.length - 1) / 100)];
  }

  private static BigDecimal exact(Object value) {
    return value instanceof Long number
        ? BigDecimal.valueOf(number)
        : new BigDecimal(((Number) value).doubleValue());
  }

  private static double number(Plan.Output output, List<BigDecimal> values) {
    BigDecimal sum = values.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    return switch (output.operation()) {
      case SUM -> sum.doubleValue();
      case AVG -> sum.doubleValue() / values.size();
      case MIN -> values.stream().reduce(BigDecimal::min).orElseThrow().doubleValue();
      case MAX -> values.stream().reduce(BigDecimal::max).orElseThrow().doubleValue();
      case VARIANCE -> variance(values, sum).doubleValue();
      case STDDEV -> variance(values, sum).sqrt(DIGITS).doubleValue();
      default -> throw new AssertionError(output);
    };
  }

  /** Deviations from the mean, all times n so that no division rounds them. */
  private static BigDecimal variance(List<BigDecimal> values, BigDecimal sum) {
    BigDecimal n = BigDecimal.valueOf(values.size());
    BigDecimal squares =
        values.stream()
            .map(value -> value.multiply(n).subtract(sum).pow(2))
            .reduce(BigDecimal.ZERO, BigDecimal::add);
    return squares.divide(n.pow(3), DIGITS);
  }
}
