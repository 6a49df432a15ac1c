package dev.millrace.drift.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ShiftEvidenceTest {
  private static final double MOST = 1e9;

  private final SplittableRandom random = new SplittableRandom(23);

  /** The mean of the statistic after n windows is n: so much is an e-detector's at most. */
  @Test
  void figuresWithoutAShiftAreNoEvidence() {
    int windows = 5;
    int streams = 100_000;
    double mean = 0;
    for (int i = 0; i < streams; i++) {
      ShiftEvidence evidence = ShiftEvidence.START;
      for (int window = 0; window < windows; window++) {
        evidence = evidence.next(random.nextGaussian(), 0, 1, 100);
      }
      mean += evidence.statistic() / streams;
    }
    assertThat(mean).isBetween(0.9 * windows, 1.02 * windows);
  }

  @Test
  void figuresOfOneDirectionAddUpAndOfBothDoNot() {
    ShiftEvidence up = ShiftEvidence.START;
    ShiftEvidence down = ShiftEvidence.START;
    ShiftEvidence both = ShiftEvidence.START;
    for (int window = 0; window < 20; window++) {
      up = up.next(1, 0, 1, MOST);
      down = down.next(-1, 0, 1, MOST);
      both = both.next(window % 2 == 0 ? 1 : -1, 0, 1, MOST);
    }
    assertThat(up.statistic()).isGreaterThan(1_000);
    assertThat(down.statistic()).isCloseTo(up.statistic(), within(1e-9 * up.statistic()));
    assertThat(both.statistic()).isLessThan(10);
  }

  @Test
  void aShiftWithinTheErrorOfTheReferenceIsNoEvidence() {
    ShiftEvidence evidence = ShiftEvidence.START;
    for (int window = 0; window < 1_000; window++) {
      evidence = evidence.next(0.5, 0.5, 1, MOST);
    }
    assertThat(evidence.statistic()).isLessThan(40);
  }

  /** Four equal figures in a row are as much evidence as one, where four windows count as one. */
  @Test
  void windowsThatDependOnEachOtherCountLess() {
    double most = 0;
    for (double each : ShiftEvidence.START.next(1.5, 0, 1, MOST).statistics()) {
      most = Math.max(most, each);
    }
    double fourth = 0;
    for (double each : ShiftEvidence.START.next(1.5, 0, 4, MOST).statistics()) {
      fourth = Math.max(fourth, each);
    }
    assertThat(Math.pow(fourth, 4)).isCloseTo(most, within(1e-9));
  }

  @Test
  void oneWindowCountsAtMostAsItMay() {
    assertThat(ShiftEvidence.START.next(1e6, 0, 1, 20).statistics()).allMatch(each -> each <= 20);
    assertThat(ShiftEvidence.START.next(1e6, 0, 1, 20).statistic()).isEqualTo(10);
  }

  @Test
  void anotherNumberOfStatisticsIsAnError() {
    assertThatThrownBy(() -> new ShiftEvidence(List.of(1.0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("there must be 8 statistics, but there are 1");
  }
}
