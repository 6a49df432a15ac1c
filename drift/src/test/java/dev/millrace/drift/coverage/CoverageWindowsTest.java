package dev.millrace.drift.coverage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.labels.JoinResult;
import dev.millrace.drift.window.TumblingWindows;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CoverageWindowsTest {
  private static final long NONE = Long.MIN_VALUE;
  private static final long MATURITY = 300;

  private final CoverageWindows windows = windows();

  private static CoverageWindows windows() {
    return new CoverageWindows(new TumblingWindows(100), MATURITY);
  }

  private static CoverageUpdate decided(long startMillis, String version, JoinResult result) {
    return CoverageUpdate.counts(
        startMillis, version, CoverageCounts.ONE_TAKEN.plus(CoverageCounts.decided(result)));
  }

  private static CoverageUpdate taken(long startMillis) {
    return CoverageUpdate.counts(startMillis, "v1", CoverageCounts.ONE_TAKEN);
  }

  private static CoverageUpdate mark(long maturedMillis, long stalledMillis) {
    return CoverageUpdate.mark(0, 1, maturedMillis, stalledMillis);
  }

  @Test
  void reportsAWindowWhenItHasMatured() {
    windows.add(decided(0, "v1", JoinResult.PREDICTIONS_LABELED));
    windows.add(decided(0, "v1", JoinResult.PREDICTIONS_ASSUMED));
    windows.add(decided(0, "v2", JoinResult.PREDICTIONS_EXPIRED));
    windows.add(decided(0, "v1", JoinResult.PREDICTIONS_UNLABELED));
    assertThat(windows.advance(mark(398, NONE))).isEmpty();

    assertThat(windows.advance(mark(399, NONE)))
        .containsExactly(
            new LabelCoverage(
                0,
                100,
                false,
                false,
                List.of(
                    new VersionCoverage("v1", new CoverageCounts(3, 1, 1, 0, 1)),
                    new VersionCoverage("v2", new CoverageCounts(1, 0, 0, 1, 0)))));
    assertThat(windows.openWindows()).isEmpty();
    assertThat(windows.add(taken(0))).as("it is closed").isFalse();
  }

  @Test
  void waitsForTheSlowestTask() {
    windows.add(decided(0, "v1", JoinResult.PREDICTIONS_LABELED));
    assertThat(windows.advance(CoverageUpdate.mark(0, 2, 1_000, NONE))).isEmpty();
    assertThat(windows.advance(CoverageUpdate.mark(1, 2, 398, NONE))).isEmpty();
    assertThat(windows.advance(CoverageUpdate.mark(1, 2, 399, NONE))).hasSize(1);
  }

  @Test
  void reportsStalledWindowsOnceAndCorrectsThemWhenLabelsCome() {
    windows.add(taken(0));
    windows.add(taken(100));
    windows.add(taken(200));
    List<LabelCoverage> stalled = windows.advance(mark(50, 200));
    assertThat(stalled).extracting(LabelCoverage::startMillis).containsExactly(0L, 100L);
    assertThat(stalled).allMatch(LabelCoverage::stalled).noneMatch(LabelCoverage::revised);
    assertThat(stalled.get(0).total().unlabelled()).isEqualTo(1);
    assertThat(windows.advance(mark(50, 200))).isEmpty();

    CoverageWindows restored = windows();
    restored.restore(windows.openWindows(), windows.closedMillis());
    restored.add(CoverageUpdate.counts(0, "v1", new CoverageCounts(0, 1, 0, 0, 0)));
    List<LabelCoverage> matured = restored.advance(mark(699, 200));
    assertThat(matured).noneMatch(LabelCoverage::stalled);
    assertThat(matured).extracting(LabelCoverage::revised).containsExactly(true, true, false);
    assertThat(matured.get(0).total()).isEqualTo(new CoverageCounts(1, 1, 0, 0, 0));
  }

  /** The join drops a prediction when predictions are eleven maturities past it. */
  @Test
  void forgetsStalledWindowsWhosePredictionsWereDropped() {
    for (long start = 0; start < 100_000; start += 100) {
      windows.add(taken(start));
      windows.advance(mark(NONE, start - 2 * MATURITY));
      assertThat(windows.openWindows()).hasSizeLessThanOrEqualTo((int) (12 * MATURITY / 100));
    }
  }

  @Test
  void theOrderOfUpdatesDoesNotMatter() {
    List<CoverageUpdate> updates = new ArrayList<>();
    Random random = new Random(5);
    JoinResult[] results = {
      JoinResult.PREDICTIONS_LABELED, JoinResult.PREDICTIONS_ASSUMED, JoinResult.PREDICTIONS_EXPIRED
    };
    for (int i = 0; i < 500; i++) {
      updates.add(decided(random.nextInt(5) * 100L, "v" + i % 3, results[random.nextInt(3)]));
    }
    updates.forEach(windows::add);
    List<LabelCoverage> expected = windows.advance(mark(10_000, NONE));
    Collections.shuffle(updates, random);
    CoverageWindows shuffled = windows();
    updates.forEach(shuffled::add);
    assertThat(shuffled.advance(mark(10_000, NONE))).isEqualTo(expected);
  }
}
