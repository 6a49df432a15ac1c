package dev.millrace.drift;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/**
 * Features of real flights as of their departure, computed from the files by plain code: of the
 * arrivals of flights of the same origin up to then.
 */
final class Flights {
  /** Where the data set is, if it is on the machine; tests run in the directory of the module. */
  static final Path DIRECTORY = Path.of("../../shared/data").toAbsolutePath().normalize();

  private static final String DEPARTURES = "departures-2001-01.csv.gz";
  private static final String ARRIVALS = "arrivals-2001-01.csv.gz";
  private static final long HOUR = 3_600;
  private static final long START = seconds("2001-01-01T00:00:00Z");

  private final long[] departed;
  private final Map<String, double[]> features = new LinkedHashMap<>();

  private static final class Arrivals {
    private final long[] times;
    private final int[] delays;

    Arrivals(long[] times, int[] delays) {
      this.times = times;
      this.delays = delays;
    }
  }

  private Flights(List<String[]> departures, Map<String, Arrivals> arrivals) {
    departed = departures.stream().mapToLong(d -> seconds(d[1])).toArray();
    for (String feature :
        List.of(
            "distance",
            "hour",
            "count_3h",
            "avg_1h",
            "avg_3h",
            "avg_1d",
            "max_3h",
            "std_3h",
            "late_share",
            "score")) {
      features.put(feature, new double[departed.length]);
    }
    Arrivals none = new Arrivals(new long[0], new int[0]);
    for (int i = 0; i < departed.length; i++) {
      String[] departure = departures.get(i);
      set("distance", i, Double.parseDouble(departure[4]));
      set("hour", i, (double) (departed[i] / HOUR % 24));
      add(i, arrivals.getOrDefault(departure[2], none));
    }
  }

  static boolean exist() {
    return Files.exists(DIRECTORY.resolve(DEPARTURES));
  }

  /**
   * Reads January.
   *
   * @param fromDay first day of the month on which delays are changed
   * @param change of a delay in minutes
   */
  static Flights read(int fromDay, IntUnaryOperator change) throws IOException {
    long from = START + HOUR * 24 * (fromDay - 1);
    Map<String, List<long[]>> byOrigin = new HashMap<>();
    for (String[] arrival : rows(ARRIVALS)) {
      long time = seconds(arrival[1]);
      int delay = Integer.parseInt(arrival[4]);
      byOrigin
          .computeIfAbsent(arrival[2], unused -> new ArrayList<>())
          .add(new long[] {time, time >= from ? change.applyAsInt(delay) : delay});
    }
    Map<String, Arrivals> arrivals = new HashMap<>();
    byOrigin.forEach(
        (origin, list) -> {
          list.sort((a, b) -> Long.compare(a[0], b[0]));
          arrivals.put(
              origin,
              new Arrivals(
                  list.stream().mapToLong(a -> a[0]).toArray(),
                  list.stream().mapToInt(a -> (int) a[1]).toArray()));
        });
    return new Flights(rows(DEPARTURES), arrivals);
  }

  List<String> names() {
    return List.copyOf(features.keySet());
  }

  /** The values of a feature on some days of the month; NaN where there is none. */
  double[] values(String feature, int fromDay, int untilDay) {
    double[] all = Objects.requireNonNull(features.get(feature));
    return IntStream.range(0, departed.length)
        .filter(i -> day(i) >= fromDay && day(i) < untilDay)
        .mapToDouble(i -> all[i])
        .toArray();
  }

  private int day(int flight) {
    return (int) ((departed[flight] - START) / (24 * HOUR)) + 1;
  }

  private void add(int i, Arrivals arrivals) {
    int until = after(arrivals.times, departed[i]);
    double[] hour = delays(arrivals, departed[i] - HOUR, until);
    double[] three = delays(arrivals, departed[i] - 3 * HOUR, until);
    double[] day = delays(arrivals, departed[i] - 24 * HOUR, until);
    double mean = mean(three);
    double squares = Arrays.stream(three).map(x -> (x - mean) * (x - mean)).sum();
    double late = (double) Arrays.stream(three).filter(x -> x > 15).count() / three.length;
    set("count_3h", i, three.length);
    set("avg_1h", i, mean(hour));
    set("avg_3h", i, mean);
    set("avg_1d", i, mean(day));
    set("max_3h", i, Arrays.stream(three).max().orElse(Double.NaN));
    set("std_3h", i, three.length < 2 ? Double.NaN : Math.sqrt(squares / (three.length - 1)));
    set("late_share", i, late);
    double x = -2 + 0.03 * zero(mean) + 2 * zero(late) + 0.01 * zero(mean(day));
    set("score", i, 1 / (1 + Math.exp(-x)));
  }

  private void set(String feature, int flight, double value) {
    Objects.requireNonNull(features.get(feature))[flight] = value;
  }

  private static double zero(double value) {
    return Double.isNaN(value) ? 0 : value;
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).sum() / values.length;
  }

  private static double[] delays(Arrivals arrivals, long after, int until) {
    return Arrays.stream(arrivals.delays, after(arrivals.times, after), until)
        .asDoubleStream()
        .toArray();
  }

  /** The number of times up to and including one. */
  private static int after(long[] times, long time) {
    int low = 0;
    int high = times.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (times[middle] <= time) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static long seconds(String time) {
    return Instant.parse(time).getEpochSecond();
  }

  private static List<String[]> rows(String file) throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(DIRECTORY.resolve(file))),
                StandardCharsets.UTF_8))) {
      return reader.lines().skip(1).map(line -> line.split(",", -1)).toList();
    }
  }
}
