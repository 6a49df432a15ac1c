package dev.millrace.features.aggregate;

import static java.util.Comparator.comparingLong;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The simple implementation that {@link Timeline} must equal: it keeps every event, and computes
 * every feature from all of them without rounding.
 */
final class NaiveTimeline {
  record Seen(long time, int arrival, List<@Nullable Object> values) {}

  private final Plan plan;
  private final List<Seen> seen = new ArrayList<>();

  NaiveTimeline(Plan plan) {
    this.plan = plan;
  }

  @Nullable Object[] add(long time, @Nullable Object[] values) {
    seen.add(new Seen(time, seen.size(), Arrays.asList(values)));
    return asOf(time);
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
                seen.stream()
                    .filter(event -> event.time() >= tail(output.window(), asOf))
                    .filter(event -> event.time() <= asOf)
                    .filter(event -> event.values().get(output.slot()) != null)
                    .map(Seen::arrival)
                    .toList())
        .toList();
  }

  private static long tail(Window window, long time) {
    long hop = Math.max(1, window.lengthMillis() / 60);
    return Math.floorDiv(time - window.lengthMillis(), hop) * hop;
  }

  /** The values that count for a feature as of that time, oldest first. */
  List<Object> window(int slot, long from, long to) {
    Comparator<Seen> order = comparingLong(Seen::time).thenComparing(comparingLong(Seen::arrival));
    return seen.stream()
        .filter(event -> event.time() >= from && event.time() <= to)
        .sorted(order)
        .map(event -> event.values().get(slot))
        .filter(Objects::nonNull)
        .toList();
  }

  private @Nullable Object value(Plan.Output output, long time) {
    List<Object> values = window(output.slot(), tail(output.window(), time), time);
    if (output.operation() == Operation.COUNT) {
      return (long) values.size();
    }
    if (values.isEmpty()) {
      return null;
    }
    if (output.operation() == Operation.LAST) {
      return values.get(values.size() - 1);
    }
    return number(output.operation(), values.stream().map(v -> exact(v)).toList());
  }

  private static BigDecimal exact(Object value) {
    return value instanceof Long number
        ? BigDecimal.valueOf(number)
        : new BigDecimal(((Number) value).doubleValue());
  }

  private static double number(Operation operation, List<BigDecimal> values) {
    BigDecimal sum = values.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    return switch (operation) {
      case SUM -> sum.doubleValue();
      case AVG -> sum.doubleValue() / values.size();
      case MIN -> values.stream().reduce(BigDecimal::min).orElseThrow().doubleValue();
      case MAX -> values.stream().reduce(BigDecimal::max).orElseThrow().doubleValue();
      case STDDEV -> stddev(values, sum);
      case COUNT, LAST -> throw new AssertionError(operation);
    };
  }

  /** Deviations from the mean, all times n so that no division rounds them. */
  private static double stddev(List<BigDecimal> values, BigDecimal sum) {
    BigDecimal n = BigDecimal.valueOf(values.size());
    BigDecimal squares =
        values.stream()
            .map(value -> value.multiply(n).subtract(sum).pow(2))
            .reduce(BigDecimal.ZERO, BigDecimal::add);
    MathContext digits = new MathContext(60);
    return squares.divide(n.pow(3), digits).sqrt(digits).doubleValue();
  }
}
