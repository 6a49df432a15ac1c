package dev.millrace.drift.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.calibration.CalmSpan;
import dev.millrace.drift.policy.EpisodeState;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Episodes of changes that last, where windows differ much from each other; fixed seeds. */
class LastingChangeTest {
  private static final double ALPHA = 1.4e-3;

  /** A warning allows ten times the budget; see AlarmBudget. */
  private static final double REMARKABLE = 10 / 0.85 * ALPHA;

  private static final FeatureComparison TEST = new FeatureComparison(ALPHA, 0.02, 30);

  private static final int ROWS = 100;
  private static final int BLOCKS = 60;
  private static final int LASTS = 200;
  private static final int STREAMS = 12;
  private static final int RECOVERY_WINDOWS = 3;

  /** Standard deviation of the means of windows; that of the rows of a window is 1. */
  private static final double BETWEEN = 0.4;

  private final SplittableRandom random = new SplittableRandom(5);

  /** A stream of windows and the episode of its changes. */
  private final class Stream {
    private final Reference reference;
    private final WindowComparison comparison;
    private EpisodeState state = EpisodeState.INITIAL;
    private int day;
    private int episodes;
    private double dispersion;

    Stream() {
      double[][] blocks =
          IntStream.range(0, BLOCKS).mapToObj(i -> rows(0)).toArray(double[][]::new);
      reference =
          Reference.of("x", Arrays.stream(blocks).flatMapToDouble(Arrays::stream).toArray());
      List<Profile> profiles = Arrays.stream(blocks).map(this::profile).toList();
      comparison =
          new WindowComparison(
              List.of(reference),
              List.of(BlockBaseline.of(reference, DailyBlocks.of(profiles), 30)),
              TEST,
              CalmSpan.of(Duration.ofDays(1), Duration.ofDays(7)));
    }

    private Profile profile(double... values) {
      Profile profile = reference.newProfile();
      Arrays.stream(values).forEach(profile::add);
      return profile;
    }

    void next(double shift) {
      Profile window = profile(rows(shift));
      FeatureResult result = comparison.of(DailyBlocks.DAY * day, i -> window).get(0);
      dispersion = result.tests().get(0).dispersion();
      Verdict verdict =
          result.verdict() == Verdict.OK && result.p() <= REMARKABLE
              ? Verdict.WARNING
              : result.verdict();
      boolean before = state.firing();
      state = state.next(verdict, Instant.ofEpochSecond(day++), RECOVERY_WINDOWS);
      episodes += state.firing() && !before ? 1 : 0;
      boolean ended = before && !state.firing();
      comparison.after(
          verdict == Verdict.OK && !state.firing() && !ended
              ? WindowComparison.Outcome.CALM
              : WindowComparison.Outcome.UNUSUAL,
          ended ? Set.of(Cause.DATA) : Set.of());
    }

    /** The state as a restart reads and writes it. */
    byte[] restored() {
      return WindowComparison.of(
              List.of(reference),
              List.of(Baseline.UNKNOWN),
              TEST,
              CalmSpan.of(Duration.ofDays(1), Duration.ofDays(7)),
              comparison.state())
          .state();
    }
  }

  private double[] rows(double shift) {
    double mean = shift + BETWEEN * random.nextGaussian();
    return random.doubles(ROWS).map(u -> mean + random.nextGaussian()).toArray();
  }

  @ParameterizedTest
  @ValueSource(doubles = {1.5, 2, 3})
  void aChangeThatLastsIsOneEpisodeAndEnds(double deviations) {
    int found = 0;
    int episodes = 0;
    int calm = 0;
    int longest = 0;
    double dispersion = 0;
    for (int i = 0; i < STREAMS; i++) {
      Stream stream = new Stream();
      for (int window = 0; window < LASTS; window++) {
        stream.next(deviations * BETWEEN);
      }
      assertThat(stream.restored()).isEqualTo(stream.comparison.state());
      found += stream.episodes > 0 ? 1 : 0;
      episodes += stream.episodes;
      dispersion += stream.dispersion / STREAMS;
      int windows = 0;
      while (stream.state.firing() && windows < 200) {
        stream.next(0);
        windows++;
      }
      calm += windows;
      longest = Math.max(longest, windows);
    }
    System.out.printf(
        "change of %.1f deviations between windows: found %d of %d, %d episodes, dispersion %.1f,"
            + " recovered after %.1f windows, at most %d%n",
        deviations, found, STREAMS, episodes, dispersion, calm / (double) STREAMS, longest);

    assertThat(dispersion).describedAs("windows differ").isGreaterThan(4);
    assertThat(found).isGreaterThanOrEqualTo(STREAMS - 1);
    assertThat(episodes).isLessThanOrEqualTo(STREAMS * 3 / 2);
    assertThat(calm / (double) STREAMS).describedAs("calm windows").isLessThanOrEqualTo(30);
    assertThat(longest).describedAs("most calm windows").isLessThanOrEqualTo(80);
  }
}
