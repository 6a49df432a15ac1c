package dev.millrace.drift.detect;

import dev.millrace.drift.profile.Block;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.DoubleFunction;
import java.util.function.IntToDoubleFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Not a test: prints targets of the comparison of windows, and what was measured, as a table; see
 * "Measured" in the README. Arguments are the rows to print (all by default), and {@code part=0.05}
 * for that part of the windows.
 */
final class TargetsBenchmark {
  private static final int FEATURES = 50;

  /** One alarm in 1000 windows: the level of one of 50 features. */
  private static final double PER_THOUSAND = 1e-3 * 0.85 / 2 / FEATURES;

  /** One alarm in 30 days: the level of one of 10 features, by windows a day. */
  private static final double DAILY = 1.0 / 30 * 0.85 / 2 / 10;

  private static final int WEEK = 168;

  private final double part;

  private TargetsBenchmark(double part) {
    this.part = part;
  }

  /** Prints the rows. */
  public static void main(String[] args) {
    double part =
        Arrays.stream(args)
            .filter(arg -> arg.startsWith("part="))
            .mapToDouble(arg -> Double.parseDouble(arg.substring(5)))
            .findFirst()
            .orElse(1);
    TargetsBenchmark benchmark = new TargetsBenchmark(part);
    Map<String, Runnable> rows = new LinkedHashMap<>();
    rows.put("null", () -> benchmark.independent(0, 100));
    rows.put("ar", () -> benchmark.independent(0.5, 200));
    rows.put("delay", benchmark::delays);
    rows.put("seasons", benchmark::seasons);
    rows.put("dependent", benchmark::dependent);
    rows.put("sparse", benchmark::sparse);
    rows.put("type1", benchmark::firstKind);
    List<String> selected = Arrays.stream(args).filter(arg -> !arg.startsWith("part=")).toList();
    System.out.println("| What | Target | Measured |%n|---|---|---|".formatted());
    rows.forEach(
        (name, row) -> {
          if (selected.isEmpty() || selected.contains(name)) {
            row.run();
          }
        });
  }

  private static void print(String what, String target, String measured) {
    System.out.printf("| %s | %s | %s |%n", what, target, measured);
  }

  /** Normal rows with this mean, of which each depends on the one before. */
  private static double[] rows(SplittableRandom random, int n, double mean, double correlation) {
    double[] rows = new double[n];
    double value = random.nextGaussian();
    for (int i = 0; i < n; i++) {
      rows[i] = mean + value;
      value =
          correlation * value + Math.sqrt(1 - correlation * correlation) * random.nextGaussian();
    }
    return rows;
  }

  /** A stream with blocks of the windows that come before it. */
  private static EpisodeStream withBlocks(
      int blocks,
      Duration length,
      double alpha,
      boolean bySeason,
      DoubleFunction<double[]> window) {
    List<double[]> values = new ArrayList<>();
    for (int i = 0; i < blocks; i++) {
      values.add(window.apply(i));
    }
    Reference whole = Reference.of("x", values.stream().flatMapToDouble(Arrays::stream).toArray());
    List<Block> counted = new ArrayList<>();
    for (int i = 0; i < blocks; i++) {
      counted.add(
          new Block(i * length.toMillis(), FeatureStream.profile(whole, values.get(i)), 0L));
    }
    SeasonalReference reference =
        bySeason
            ? SeasonalReference.of(whole, counted, length, 30)
            : SeasonalReference.constant(whole);
    return new EpisodeStream(reference, BlockBaseline.of(reference, counted, 30), alpha, length);
  }

  private void independent(double correlation, int most) {
    int windows = (int) (100_000 * part);
    List<NullStream> streams =
        IntStream.range(0, FEATURES)
            .parallel()
            .mapToObj(feature -> nullStream(new SplittableRandom(1_000 + feature), correlation))
            .toList();
    int alarms = 0;
    for (int done = 0; done < windows; ) {
      int more = Math.min(1_000, windows - done);
      alarms += streams.parallelStream().mapToInt(each -> each.alarms(more)).sum();
      done += more;
      System.err.printf("%,d of %,d windows: %d alarms%n", done, windows, alarms);
    }
    print(
        "%,d null windows of %d features, 1,000 rows%s, budget 1 per 1,000 windows: alarms"
            .formatted(
                windows,
                FEATURES,
                correlation == 0 ? "" : ", AR(1) %.1f, 100 blocks".formatted(correlation)),
        "at most %.0f".formatted(most * part),
        String.valueOf(alarms));
  }

  /** Windows of a feature that has not changed. */
  private record NullStream(EpisodeStream stream, Supplier<Profile> window) {
    /** The number of alarms that begin in so many more windows. */
    int alarms(int windows) {
      int before = stream.alarms();
      IntStream.range(0, windows).forEach(i -> stream.next(window.get()));
      return stream.alarms() - before;
    }
  }

  private static NullStream nullStream(SplittableRandom random, double correlation) {
    if (correlation == 0) {
      Reference reference = Reference.of("x", rows(random, 100_000, 0, 0));
      NormalWindows windows = new NormalWindows(reference, random);
      return new NullStream(independent(reference), () -> windows.next(1_000));
    }
    Supplier<double[]> rows = () -> rows(random, 1_000, 0, correlation);
    EpisodeStream stream =
        withBlocks(100, Duration.ofHours(1), PER_THOUSAND, false, i -> rows.get());
    return new NullStream(stream, () -> FeatureStream.profile(stream.reference(), rows.get()));
  }

  private static EpisodeStream independent(Reference reference) {
    return new EpisodeStream(
        SeasonalReference.constant(reference),
        Baseline.INDEPENDENT,
        PER_THOUSAND,
        Duration.ofHours(1));
  }

  private void delays() {
    double[] shifts = {0.05, 0.1, 0.2};
    int[] targets = {50, 8, 2};
    for (int s = 0; s < shifts.length; s++) {
      double shift = shifts[s];
      int streams = 40;
      int most = 20 * targets[s];
      double delay =
          IntStream.range(0, streams)
              .parallel()
              .map(
                  i -> {
                    SplittableRandom random = new SplittableRandom(2_000 + i);
                    Reference reference = Reference.of("x", rows(random, 100_000, 0, 0));
                    EpisodeStream stream = independent(reference);
                    while (stream.alarms() == 0 && stream.windows() < most) {
                      stream.next(FeatureStream.profile(reference, rows(random, 1_000, shift, 0)));
                    }
                    return stream.windows();
                  })
              .average()
              .orElseThrow();
      print(
          "Mean delay of a shift of %.2f deviations in one of 50 features, a reference of its own for each of %d streams"
              .formatted(shift, streams),
          targets[s] + " windows",
          "%.1f".formatted(delay));
    }
  }

  private void seasons() {
    IntToDoubleFunction mean =
        hour -> 0.3 * Math.sin(2 * Math.PI * hour / 24) + (hour % WEEK >= 120 ? 0.5 : 0);
    int weeks = Math.max(1, (int) (12 * part));
    for (boolean bySeason : new boolean[] {false, true}) {
      int alarms =
          IntStream.range(0, 10)
              .parallel()
              .map(
                  feature -> {
                    SplittableRandom random = new SplittableRandom(3_000 + feature);
                    DoubleFunction<double[]> window =
                        hour -> {
                          int rows = (int) (400 * (1 + 0.8 * Math.sin(2 * Math.PI * hour / 24)));
                          return rows(random, rows, mean.applyAsDouble((int) hour), 0);
                        };
                    EpisodeStream stream =
                        withBlocks(2 * WEEK, Duration.ofHours(1), DAILY / 24, bySeason, window);
                    for (int hour = 0; hour < weeks * WEEK; hour++) {
                      stream.next(FeatureStream.profile(stream.reference(), window.apply(hour)));
                    }
                    return stream.alarms();
                  })
              .sum();
      print(
          "Daily (0.3 deviations, 80 to 720 rows) and weekly (0.5) rhythm, hourly windows, %d weeks, 10 features, reference %s: alarms"
              .formatted(weeks, bySeason ? "`hour-of-week`" : "`training`"),
          "at most 1; the budget allows %.1f".formatted(weeks * 7 / 30.0),
          String.valueOf(alarms));
    }
  }

  private void dependent() {
    for (double correlation : new double[] {0.5, 0.9}) {
      int days = Math.max(1, (int) (84 * part));
      int alarms =
          IntStream.range(0, 10)
              .parallel()
              .map(
                  feature -> {
                    SplittableRandom random = new SplittableRandom(4_000 + feature);
                    DoubleFunction<double[]> window =
                        day -> rows(random, 1_000, day % 7 >= 5 ? 0.3 : 0, correlation);
                    EpisodeStream stream = withBlocks(28, Duration.ofDays(1), DAILY, false, window);
                    for (int day = 0; day < days; day++) {
                      stream.next(FeatureStream.profile(stream.reference(), window.apply(day)));
                    }
                    return stream.alarms();
                  })
              .sum();
      print(
          "AR(1) %.1f within daily windows, weekends 0.3 deviations away, %d days, 10 features: alarms"
              .formatted(correlation, days),
          "budget: %.1f".formatted(days / 30.0),
          String.valueOf(alarms));
    }
  }

  /** Half-hourly rows, weekly windows, a profile without blocks. */
  private void sparse() {
    SplittableRandom random = new SplittableRandom(5_000);
    Reference reference = Reference.of("x", rows(random, 336 * 4, 0, 0));
    EpisodeStream stream =
        new EpisodeStream(
            SeasonalReference.constant(reference), Baseline.UNKNOWN, 7 * DAILY, Duration.ofDays(7));
    int insufficient = 0;
    int calibrating = 0;
    for (int week = 0; week < 104; week++) {
      FeatureResult result = stream.next(FeatureStream.profile(reference, rows(random, 336, 0, 0)));
      insufficient += result.verdict() == Verdict.INSUFFICIENT ? 1 : 0;
      calibrating += result.calibrated() ? 0 : 1;
    }
    print(
        "336 rows a week for two years, weekly windows, no blocks: windows INSUFFICIENT, CALIBRATING, alarms",
        "0, stated, 0",
        "%d, %d, %d".formatted(insufficient, calibrating, stream.alarms()));
    FeatureResult shifted = stream.next(FeatureStream.profile(reference, rows(random, 336, 1, 0)));
    print("The same, a change of 1 deviation in week 105", "found", shifted.verdict().toString());
  }

  private void firstKind() {
    for (int[] size : new int[][] {{100, 1_000}, {1_000, 10_000}, {10_000, 100_000}}) {
      int references = Math.max(1, (int) (100 * part));
      int[] rejected = new int[2];
      int each = 100;
      SplittableRandom random = new SplittableRandom(size[0]);
      FeatureComparison test = new FeatureComparison(0.05, 0, 1);
      for (int r = 0; r < references; r++) {
        Reference reference = Reference.of("x", rows(random, size[1], 0, 0));
        for (int i = 0; i < each; i++) {
          double p =
              test.of(reference, FeatureStream.profile(reference, rows(random, size[0], 0, 0))).p();
          rejected[0] += p <= 0.05 ? 1 : 0;
          rejected[1] += p <= 0.001 ? 1 : 0;
        }
      }
      double windows = (double) references * each;
      print(
          "Type-I error of one window, n = %,d, m = %,d, at .05 and .001"
              .formatted(size[0], size[1]),
          ".03 to .055, at most .0015",
          "%.4f, %.5f".formatted(rejected[0] / windows, rejected[1] / windows));
    }
  }
}
