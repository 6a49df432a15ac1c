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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real flights of one month, whose days differ by their weather: reference days 2 to 15. */
class FlightsTest {
  private static final double MIN_EFFECT = 0.02;

  @Test
  void daysWithoutAChangeKeepTheBudget() throws Exception {
    assumeTrue(Flights.exist(), Flights.DIRECTORY + " does not exist");
    Flights flights = Flights.read(32, delay -> delay);

    Map<Integer, WindowVerdict> verdicts = verdicts(flights, flights, 32);

    System.out.println("alarms on days 16 to 31 without a change: " + alarms(verdicts));
    assertThat(alarms(verdicts)).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void longerDelaysAreFoundWithinTwoDays() throws Exception {
    assumeTrue(Flights.exist(), Flights.DIRECTORY + " does not exist");
    Flights calm = Flights.read(32, delay -> delay);
    Flights longer = Flights.read(24, delay -> (int) Math.rint(delay * 1.5));

    Map<Integer, WindowVerdict> verdicts = verdicts(calm, longer, 24);

    System.out.println("alarms with delays * 1.5 from day 24 on: " + alarms(verdicts));
    assertThat(alarms(verdicts).headMap(24)).hasSizeLessThanOrEqualTo(1);
    assertThat(alarms(verdicts).subMap(24, 26)).isNotEmpty();
  }

  /** Rows that share an hour and an airport, and so their averages, are fewer in these blocks. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aReferenceOfARandomQuarterOfTheRowsKeepsTheBudgetAndFindsLongerDelays(int seed)
      throws Exception {
    assumeTrue(Flights.exist(), Flights.DIRECTORY + " does not exist");
    Flights calm = Flights.read(32, delay -> delay);
    Flights longer = Flights.read(24, delay -> (int) Math.rint(delay * 1.5));

    Map<Integer, WindowVerdict> unchanged = verdicts(calm, calm, 32, quarter(seed));
    Map<Integer, WindowVerdict> changed = verdicts(calm, longer, 24, quarter(seed));

    System.out.printf(
        "a quarter of the rows as reference, seed %d: alarms without a change: %s; with delays *"
            + " 1.5 from day 24 on: %s%n",
        seed, alarms(unchanged), alarms(changed));
    assertThat(alarms(unchanged)).hasSizeLessThanOrEqualTo(1);
    assertThat(alarms(changed).subMap(24, 26)).isNotEmpty();
  }

  /** The same rows of a day for each feature, drawn at random. */
  private static BiFunction<double[], Integer, double[]> quarter(int seed) {
    return (values, day) -> {
      SplittableRandom random = new SplittableRandom(100L * seed + day);
      return Arrays.stream(values).filter(value -> random.nextInt(4) == 0).toArray();
    };
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

  private static Map<Integer, WindowVerdict> verdicts(
      Flights calm, Flights changed, int changeDay) {
    return verdicts(calm, changed, changeDay, (values, day) -> values);
  }

  /**
   * The verdicts of days 16 to 31.
   *
   * @param profiled by the values and the number of a day, the values that the reference contains
   */
  private static Map<Integer, WindowVerdict> verdicts(
      Flights calm,
      Flights changed,
      int changeDay,
      BiFunction<double[], Integer, double[]> profiled) {
    List<String> names = calm.names();
    List<Reference> references = new ArrayList<>();
    List<Baseline> baselines = new ArrayList<>();
    for (String name : names) {
      List<double[]> days =
          IntStream.range(2, 16)
              .mapToObj(day -> profiled.apply(calm.values(name, day, day + 1), day))
              .toList();
      Reference reference =
          Reference.of(name, days.stream().flatMapToDouble(Arrays::stream).toArray());
      references.add(reference);
      List<Profile> blocks = days.stream().map(day -> profile(reference, day)).toList();
      baselines.add(BlockBaseline.of(reference, DailyBlocks.of(blocks), 30));
    }
    AlarmBudget budget = AlarmBudget.of(1, Duration.ofDays(30), Duration.ofDays(1), names.size());
    WindowComparison comparison =
        new WindowComparison(
            references,
            baselines,
            new FeatureComparison(budget.perFeature(), MIN_EFFECT, 30),
            CalmSpan.of(Duration.ofDays(1), Duration.ofDays(7)));
    Map<Integer, WindowVerdict> verdicts = new TreeMap<>();
    for (int day = 16; day < 32; day++) {
      Flights flights = day < changeDay ? calm : changed;
      int today = day;
      List<FeatureResult> results =
          comparison.of(day * DailyBlocks.DAY, i -> day(references.get(i), flights, today));
      WindowVerdict verdict = WindowVerdict.of(results, budget, MIN_EFFECT);
      boolean calmDay = verdict.verdict() == Verdict.OK;
      comparison.after(calmDay ? WindowComparison.Outcome.CALM : WindowComparison.Outcome.UNUSUAL);
      verdicts.put(day, verdict);
      if (Boolean.getBoolean("millrace.flights.print")) {
        System.out.println(day + " " + verdict);
        results.forEach(System.out::println);
      }
    }
    return verdicts;
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
