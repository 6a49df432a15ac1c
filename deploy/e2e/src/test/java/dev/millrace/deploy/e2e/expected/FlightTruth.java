package dev.millrace.deploy.e2e.expected;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What the features of the flights are as of a time, from all rows of a file. It uses no code of
 * Millrace: neither the definition of views nor rows that the system has written.
 */
public final class FlightTruth {
  private static final long HOUR = 3_600_000;

  /**
   * A flight that departed or arrived.
   *
   * @param number distance in miles of a departure, delay in minutes of an arrival
   */
  public record Flight(
      String id, long timeMillis, String origin, String destination, double number) {}

  private final Map<String, List<Flight>> byEntity = new HashMap<>();
  private final long keepMillis;

  /**
   * @param keepMillis after its newest flight an entity has no features from this time on
   */
  public FlightTruth(long keepMillis) {
    this.keepMillis = keepMillis;
  }

  /** Adds a flight of an entity; flights of an entity are added in the order of their times. */
  public void add(String entity, Flight flight) {
    byEntity.computeIfAbsent(entity, unknown -> new ArrayList<>()).add(flight);
  }

  /** The time that an entity is kept for: its longest window, with one hop, or its ttl. */
  public static long keepMillis(int windowHours, int ttlHours) {
    return Math.max(windowHours * HOUR + windowHours * HOUR / 60, ttlHours * HOUR);
  }

  /**
   * The flights of an entity up to a time, this time included; null if there is none, or the newest
   * is too old.
   */
  public @Nullable AsOf asOf(String entity, long timeMillis) {
    List<Flight> flights = byEntity.getOrDefault(entity, List.of());
    int end = firstAfter(flights, timeMillis);
    if (end == 0 || flights.get(end - 1).timeMillis() + keepMillis <= timeMillis) {
      return null;
    }
    return new AsOf(flights.subList(0, end), timeMillis);
  }

  private static int firstAfter(List<Flight> flights, long timeMillis) {
    int low = 0;
    int high = flights.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (flights.get(middle).timeMillis() <= timeMillis) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The flights of an entity up to a time, in order. */
  public record AsOf(List<Flight> flights, long timeMillis) {
    public long newestMillis() {
      return flights.get(flights.size() - 1).timeMillis();
    }

    /** The flights of the last hours; the start of a window is rounded down to a sixtieth. */
    public Window last(int hours) {
      long hop = hours * HOUR / 60;
      long fromMillis = Math.floorDiv(timeMillis - hours * HOUR, hop) * hop;
      return new Window(flights.subList(firstAfter(flights, fromMillis - 1), flights.size()));
    }
  }

  /** The flights of a window, in order of time. */
  public record Window(List<Flight> flights) {
    public long count() {
      return flights.size();
    }

    public long countOver(double number) {
      return flights.stream().filter(flight -> flight.number() > number).count();
    }

    /** The sums are of whole numbers, so they are exact; the quotient is rounded once. */
    public @Nullable Double avg() {
      return flights.isEmpty() ? null : (Double) (sum(Flight::number) / flights.size());
    }

    public @Nullable Double max() {
      return flights.stream().map(Flight::number).max(Comparator.naturalOrder()).orElse(null);
    }

    /** The standard deviation of the population. */
    public @Nullable Double stddev() {
      if (flights.isEmpty()) {
        return null;
      }
      double n = flights.size();
      double sum = sum(Flight::number);
      double squares = sum(flight -> flight.number() * flight.number());
      return Math.sqrt(n * squares - sum * sum) / n;
    }

    public @Nullable Long newest() {
      return flights.isEmpty() ? null : (Long) (long) flights.get(flights.size() - 1).number();
    }

    private double sum(ToDoubleFunction<Flight> number) {
      return flights.stream().mapToDouble(number).sum();
    }
  }
}
