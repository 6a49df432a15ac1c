package dev.millrace.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.drift.calibration.CalmSpan;
import dev.millrace.drift.detect.Baseline;
import dev.millrace.drift.detect.BlockBaseline;
import dev.millrace.drift.detect.DailyBlocks;
import dev.millrace.drift.detect.FeatureComparison;
import dev.millrace.drift.detect.FeatureResult;
import dev.millrace.drift.detect.Verdict;
import dev.millrace.drift.detect.WindowComparison;
import dev.millrace.drift.policy.AlarmBudget;
import dev.millrace.drift.policy.WindowVerdict;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Real flights of one month, whose days differ by their weather: reference days 2 to 15. */
class FlightsTest {
  private static final double MIN_EFFECT = 0.02;
  private static final int CHANGE_DAY = 24;

  /** With the delays as they were, and times 1.5 from day 24 on. */
  private static @Nullable Flights asTheyWere;

  private static @Nullable Flights longer;

  @BeforeAll
  static void read() throws IOException {
    assumeTrue(Flights.exist(), Flights.DIRECTORY + " does not exist");
    asTheyWere = Flights.read(32, delay -> delay);
    longer = Flights.read(CHANGE_DAY, delay -> (int) Math.rint(delay * 1.5));
  }

  @Test
  void daysWithoutAChangeKeepTheBudgetAndLongerDelaysAreFoundWithinTwoDays() {
    check("all rows as reference", (values, day) -> values);
  }

  /** Rows that share an hour and an airport, and so their averages, are fewer in these blocks. */
  @Test
  void soDoesAReferenceOfARandomQuarterOfTheRows() {
    // The same rows of a day for each feature.
    check(
        "a quarter of the rows as reference",
        (values, day) -> {
          SplittableRandom random = new SplittableRandom(day);
          return Arrays.stream(values).filter(value -> random.nextInt(4) == 0).toArray();
        });
  }

  /**
   * Checks the alarms with and without the change.
   *
   * @param profiled by the values and the number of a day, the values that the reference contains
   */
  private static void check(String reference, BiFunction<double[], Integer, double[]> profiled) {
    Flights calm = Objects.requireNonNull(asTheyWere);
    Watched watched = Watched.of(calm, profiled);

    NavigableMap<Integer, List<String>> unchanged = alarms(watched.verdicts(calm, calm));
    NavigableMap<Integer, List<String>> changed =
        alarms(watched.verdicts(calm, Objects.requireNonNull(longer)));

    System.out.printf(
        "%s: alarms without a change: %s; with delays * 1.5 from day %d on: %s%n",
        reference, unchanged, CHANGE_DAY, changed);
    assertThat(unchanged).hasSizeLessThanOrEqualTo(1);
    assertThat(changed.subMap(CHANGE_DAY, CHANGE_DAY + 2)).isNotEmpty();
  }

  private static NavigableMap<Integer, List<String>> alarms(Map<Integer, WindowVerdict> verdicts) {
    NavigableMap<Integer, List<String>> alarms = new TreeMap<>();
    verdicts.forEach(
        (day, verdict) -> {
          if (verdict.verdict() == Verdict.DRIFT) {
            alarms.put(day, verdict.named());
          }
        });
    return alarms;
  }

  /** The references of days 2 to 15. */
  private record Watched(List<Reference> references, List<Baseline> baselines) {
    static Watched of(Flights flights, BiFunction<double[], Integer, double[]> profiled) {
      List<Reference> references = new ArrayList<>();
      List<Baseline> baselines = new ArrayList<>();
      for (String name : flights.names()) {
        List<double[]> days =
            IntStream.range(2, 16)
                .mapToObj(day -> profiled.apply(flights.values(name, day, day + 1), day))
                .toList();
        Reference reference =
            Reference.of(name, days.stream().flatMapToDouble(Arrays::stream).toArray());
        references.add(reference);
        List<Profile> blocks = days.stream().map(day -> profile(reference, day)).toList();
        baselines.add(BlockBaseline.of(reference, DailyBlocks.of(blocks), 30));
      }
      return new Watched(references, baselines);
    }

    /** The verdicts of days 16 to 31. */
    Map<Integer, WindowVerdict> verdicts(Flights before, Flights sinceTheChange) {
      AlarmBudget budget =
          AlarmBudget.of(1, Duration.ofDays(30), Duration.ofDays(1), references.size());
      WindowComparison comparison =
          new WindowComparison(
              references,
              baselines,
              new FeatureComparison(budget.perFeature(), MIN_EFFECT, 30),
              CalmSpan.of(Duration.ofDays(1), Duration.ofDays(7)));
      Map<Integer, WindowVerdict> verdicts = new TreeMap<>();
      for (int day = 16; day < 32; day++) {
        Flights flights = day < CHANGE_DAY ? before : sinceTheChange;
        int today = day;
        List<FeatureResult> results =
            comparison.of(day * DailyBlocks.DAY, i -> day(references.get(i), flights, today));
        WindowVerdict verdict = WindowVerdict.of(results, budget, MIN_EFFECT);
        boolean calmDay = verdict.verdict() == Verdict.OK;
        comparison.after(
            calmDay ? WindowComparison.Outcome.CALM : WindowComparison.Outcome.UNUSUAL);
        verdicts.put(day, verdict);
        if (Boolean.getBoolean("millrace.flights.print")) {
          System.out.println(day + " " + verdict);
          results.forEach(System.out::println);
        }
      }
      return verdicts;
    }
  }

  private static Profile day(Reference reference, Flights flights, int day) {
    return profile(reference, flights.values(reference.feature(), day, day + 1));
  }

  private static Profile profile(Reference reference, double[] values) {
    Profile profile = reference.newProfile();
    Arrays.stream(values).forEach(profile::add);
    return profile;
  }
}
