package dev.millrace.drift.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.UnbinnedKind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Windows of more or fewer rows than the blocks of the reference keep the budget. Rows come in
 * groups that share their value, as flights of one hour share the averages of their airport, and
 * windows differ by a shift of their own. A reference of a random part of the rows has smaller
 * groups; fixed seeds.
 */
class WindowSizesTest {
  private static final int BLOCKS = 14;
  private static final int STREAMS = 20;
  private static final int WINDOWS = 40;

  private final SplittableRandom random = new SplittableRandom(17);

  /** What the values are, by a group's normal number. */
  enum Kind {
    NUMBERS,
    CATEGORIES,
    NULLS
  }

  /**
   * How windows are made.
   *
   * @param groups of rows that share a value
   * @param size rows of a group
   * @param deviation of the shift of a whole window, in standard deviations of a group
   */
  private record Source(Kind kind, int groups, int size, double deviation) {
    /** The value of a row; NaN counts as null. */
    Object value(double number) {
      return switch (kind) {
        case NUMBERS -> number;
        case CATEGORIES -> "c" + Math.round(Math.max(-2, Math.min(2, 1.2 * number)));
        case NULLS -> number > 1.65 ? Double.NaN : 0.0;
      };
    }

    Reference reference(List<List<Double>> blocks) {
      List<Double> all = blocks.stream().flatMap(List::stream).toList();
      return kind == Kind.CATEGORIES
          ? Reference.of("x", all.stream().map(number -> (String) value(number)).toList())
          : Reference.of(
              "x",
              all.stream()
                  .mapToDouble(number -> (Double) value(number))
                  .filter(value -> !Double.isNaN(value))
                  .toArray());
    }

    Profile profile(Reference reference, List<Double> numbers) {
      Profile profile = reference.newProfile();
      for (double number : numbers) {
        switch (kind) {
          case NUMBERS -> profile.add(number);
          case CATEGORIES -> profile.add((String) value(number));
          case NULLS -> {
            if (Double.isNaN((Double) value(number))) {
              profile.add(UnbinnedKind.NULL, 1);
            } else {
              profile.add(0.0);
            }
          }
        }
      }
      return profile;
    }
  }

  /**
   * A window.
   *
   * @param groups the share of the groups that are in it
   * @param rows the share of their rows
   */
  private List<Double> window(
      Source source, double groups, double rows, DoubleUnaryOperator change) {
    double shift = source.deviation * random.nextGaussian();
    List<Double> values = new ArrayList<>();
    for (int group = 0; group < groups * source.groups; group++) {
      double value = change.applyAsDouble(random.nextGaussian() + shift);
      for (int row = 0; row < source.size; row++) {
        if (random.nextDouble() < rows) {
          values.add(value);
        }
      }
    }
    return values;
  }

  /** A stream whose reference has this share of the rows. */
  private FeatureStream stream(Source source, double profiled) {
    List<List<Double>> blocks =
        IntStream.range(0, BLOCKS)
            .mapToObj(block -> window(source, 1, profiled, value -> value))
            .toList();
    Reference bins = source.reference(blocks);
    List<Profile> profiles = blocks.stream().map(b -> source.profile(bins, b)).toList();
    Profile sum = bins.newProfile();
    profiles.forEach(sum::merge);
    Reference reference = bins.withCounts(sum);
    return new FeatureStream(reference, BlockBaseline.of(reference, DailyBlocks.of(profiles), 30));
  }

  @ParameterizedTest
  @CsvSource({
    // A random quarter of the rows is profiled, and all are served.
    "NUMBERS, 200, 20, 0.3, 0.25, 1, 1, 3",
    "NUMBERS, 1000, 4, 0.1, 0.25, 1, 1, 3",
    "NUMBERS, 2000, 2, 0, 0.25, 1, 1, 3",
    "CATEGORIES, 200, 20, 0.1, 0.25, 1, 1, 3",
    "CATEGORIES, 1000, 4, 0.1, 0.25, 1, 1, 3",
    "NULLS, 200, 20, 0.1, 0.25, 1, 1, 3",
    "NULLS, 1000, 4, 0.1, 0.25, 1, 1, 3",
    // All rows are profiled, and a random quarter is served.
    "NUMBERS, 200, 20, 0.3, 1, 1, 0.25, 12",
    "CATEGORIES, 200, 20, 0.1, 1, 1, 0.25, 12",
    "NULLS, 200, 20, 0.1, 1, 1, 0.25, 12",
    // A quarter of the groups is served, with all of their rows.
    "NUMBERS, 200, 20, 0.3, 1, 0.25, 1, 12",
    "CATEGORIES, 200, 20, 0.1, 1, 0.25, 1, 12",
    "NULLS, 200, 20, 0.1, 1, 0.25, 1, 12"
  })
  void windowsOfAnotherSizeThanTheBlocksKeepTheBudget(
      Kind kind,
      int groups,
      int size,
      double deviation,
      double profiled,
      double servedGroups,
      double served,
      int within) {
    Source source = new Source(kind, groups, size, deviation);
    int began = 0;
    int found = 0;
    Map<StatisticalTest, int[]> significant = new EnumMap<>(StatisticalTest.class);
    for (int i = 0; i < STREAMS; i++) {
      FeatureStream stream = stream(source, profiled);
      boolean firing = false;
      for (int w = 0; w < WINDOWS; w++) {
        FeatureResult result =
            next(stream, source, window(source, servedGroups, served, value -> value));
        boolean drift = result.verdict() == Verdict.DRIFT;
        began += drift && !firing ? 1 : 0;
        firing = drift;
        for (TestResult test : result.tests()) {
          if (test.test() != StatisticalTest.SEQUENTIAL) {
            significant.computeIfAbsent(test.test(), unused -> new int[1])[0] +=
                test.p() <= 0.01 ? 1 : 0;
          }
        }
      }
      List<Double> shares = List.of(servedGroups, served);
      found += isFound(stream, source, shares, within, value -> value + 2) ? 1 : 0;
    }

    double nominal = 2 * FeatureStream.ALPHA * STREAMS * WINDOWS;
    System.out.printf(
        "%s in %d groups of %d, deviation %.1f, %.2f of the rows profiled, %.2f of the groups and"
            + " %.2f of the rows served: %d alarms, %.1f allowed;",
        kind, groups, size, deviation, profiled, servedGroups, served, began, nominal);
    significant.forEach((test, n) -> System.out.printf(" %s p <= .01: %.4f;", test, share(n[0])));
    System.out.printf(
        " shift of 2: found within %d windows in %d of %d streams%n", within, found, STREAMS);
    assertThat((double) began).isLessThanOrEqualTo(nominal);
    assertThat(significant.values()).allMatch(n -> share(n[0]) <= 0.01);
    // A smaller window keeps the dispersion of the blocks, as groups of rows may be fewer.
    assertThat(found).isGreaterThanOrEqualTo(profiled < 1 ? 18 : 15);
  }

  private static double share(int windows) {
    return (double) windows / STREAMS / WINDOWS;
  }

  private static FeatureResult next(FeatureStream stream, Source source, List<Double> window) {
    return stream.next(source.profile(stream.reference, window));
  }

  /**
   * Whether a change is found within some windows.
   *
   * @param shares of the groups, and of their rows, that are served
   */
  private boolean isFound(
      FeatureStream stream,
      Source source,
      List<Double> shares,
      int within,
      DoubleUnaryOperator change) {
    for (int w = 0; w < within; w++) {
      List<Double> window = window(source, shares.get(0), shares.get(1), change);
      if (next(stream, source, window).verdict() == Verdict.DRIFT) {
        return true;
      }
    }
    return false;
  }

  /** Values that are rounded more coarsely move no mass between groups of neighbours. */
  @Test
  void aChangeInsideGroupsOfNeighboursIsFoundInWindowsLargerThanTheBlocks() {
    Source source = new Source(Kind.NUMBERS, 1000, 4, 0.3);
    int found = 0;
    for (int i = 0; i < STREAMS; i++) {
      FeatureStream stream = stream(source, 0.25);
      found +=
          isFound(stream, source, List.of(1.0, 1.0), 3, value -> Math.rint(value * 8) / 8) ? 1 : 0;
    }

    System.out.println("rounded to eighths: found in " + found + " of " + STREAMS);
    assertThat(found).isGreaterThanOrEqualTo(18);
  }
}
