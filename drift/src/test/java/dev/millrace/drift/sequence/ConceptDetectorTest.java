package dev.millrace.drift.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.drift.sequence.ConceptEvidence.Direction;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConceptDetectorTest {
  private static final ErrorRate FIFTH = new ErrorRate(5_000, 1_000);

  /** The grid is refined twice or more on the way. */
  @ParameterizedTest
  @CsvSource({"50, 10, 1, 1", "50, 10, 3, 1", "40, 2, 1, 5", "0, 0, 1, 1"})
  void equalsTheTwinWithoutRecursionAndWithAFineGrid(
      long known, long wrong, double dispersion, int batchSize) {
    ErrorRate reference = new ErrorRate(known, wrong);
    // Without an alarm, with which the twin does not start again.
    ConceptDetector detector = new ConceptDetector(reference, 1e30, dispersion);
    ErrorStream stream = new ErrorStream(3, 0, 0.2);
    List<ErrorBatch> batches = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      ErrorBatch batch = stream.next(i < 70 ? 0.2 : 0.4, batchSize, 0.5);
      batches.add(batch);
      detector.add(batch);
    }

    assertThat(detector.evidence().statistic())
        .isCloseTo(
            NaiveConcept.statistic(reference, dispersion, batches), Percentage.withPercentage(3));
  }

  /** The rarest errors have the most skewed posterior distributions. */
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.001})
  void aFinerGridDoesNotChangeTheStatistic(double rate) {
    ConceptDetector detector = new ConceptDetector(ErrorRate.UNKNOWN, 1e5, 1);
    ErrorStream stream = new ErrorStream(1, 0, rate);
    for (int labels = 1; labels <= 1 << 15; labels++) {
      double before = detector.evidence().statistic();
      detector.add(stream.next(rate));
      if (labels > 64 && Integer.bitCount(labels + 1) == 1) {
        double factor = detector.evidence().statistic() / before;
        // One row alone has at most a factor of 10, a right one of little more than 1.
        assertThat(factor).isBetween(0.9, rate == 0 ? 1.05 : 10);
      }
    }
  }

  @Test
  void saysWhenAndHowMuchTheErrorsChanged() {
    ConceptDetector detector = new ConceptDetector(FIFTH, 1e5, 1);
    ErrorStream stream = new ErrorStream(4, 0, 0.2);
    run(detector, stream, 0.2, 4_000);
    assertThat(detector.evidence().drift()).isFalse();

    run(detector, stream, 0.4, 300);
    ConceptEvidence evidence = detector.evidence();

    assertThat(evidence.drift()).isTrue();
    assertThat(evidence.direction()).isEqualTo(Direction.WORSE);
    assertThat(evidence.before()).isBetween(0.19, 0.21);
    assertThat(evidence.since()).isBetween(0.3, 0.45);
    assertThat(evidence.oddsRatio()).isBetween(1.6, 3.3);
    assertThat(evidence.sinceMillis()).isBetween(3_800L, 4_200L);
    assertThat(evidence.sinceMillis() + evidence.labels()).isEqualTo(4_300);
  }

  @Test
  void findsAnImprovementAndSaysSo() {
    ConceptDetector detector = new ConceptDetector(FIFTH, 1e5, 1);
    ErrorStream stream = new ErrorStream(5, 0, 0.2);
    run(detector, stream, 0.2, 2_000);
    run(detector, stream, 0.1, 1_000);

    assertThat(detector.evidence().drift()).isTrue();
    assertThat(detector.evidence().direction()).isEqualTo(Direction.BETTER);
    assertThat(detector.evidence().oddsRatio()).isBetween(0.3, 0.6);
  }

  /** Also after a change that lasted longer than the reference. */
  @ParameterizedTest
  @ValueSource(ints = {150, 1_000, 20_000})
  void aChangeThatHasEndedIsNoDriftAnyMore(int rows) {
    ConceptDetector detector = new ConceptDetector(FIFTH, 1e5, 1);
    ErrorStream stream = new ErrorStream(10, 0, 0.2);
    run(detector, stream, 0.2, 4_000);
    run(detector, stream, 0.5, rows);
    assertThat(detector.evidence().drift()).isTrue();
    assertThat(detector.evidence().since()).isBetween(0.42, 0.58);
    assertThat(detector.evidence().before()).isBetween(0.19, 0.21);

    run(detector, stream, 0.2, 600);
    assertThat(detector.evidence().drift()).isFalse();
    run(detector, stream, 0.2, 20_000);
    assertThat(detector.evidence().drift()).isFalse();
    assertThat(detector.evidence().before()).isBetween(0.19, 0.21);

    run(detector, stream, 0.5, 200);
    assertThat(detector.evidence().drift()).as("a second change").isTrue();
  }

  @Test
  void aChangeThatLastsStaysOne() {
    ConceptDetector detector = new ConceptDetector(FIFTH, 1e5, 1);
    ErrorStream stream = new ErrorStream(11, 0, 0.2);
    run(detector, stream, 0.2, 4_000);
    while (!detector.evidence().drift()) {
      detector.add(stream.next(0.25));
    }
    for (int i = 0; i < 20_000; i++) {
      detector.add(stream.next(0.25));
      assertThat(detector.evidence().drift()).isTrue();
    }
  }

  @Test
  void findsASlowDrift() {
    ConceptDetector detector = new ConceptDetector(FIFTH, 1e5, 1);
    ErrorStream stream = new ErrorStream(6, 0, 0.2);
    int rows = 0;
    // By one percentage point in 1000 rows.
    while (!detector.evidence().drift()) {
      detector.add(stream.next(0.2 + rows++ * 1e-5));
    }

    assertThat(rows).isLessThan(8_000);
    assertThat(detector.evidence().direction()).isEqualTo(Direction.WORSE);
  }

  @Test
  void withoutAReferenceTheFirstLabelsAreOne() {
    ConceptDetector detector = new ConceptDetector(ErrorRate.UNKNOWN, 1e5, 1);
    ErrorStream stream = new ErrorStream(7, 0, 0.2);
    run(detector, stream, 0.2, 3_000);
    assertThat(detector.evidence().drift()).isFalse();

    run(detector, stream, 0.4, 400);

    assertThat(detector.evidence().drift()).isTrue();
  }

  @Test
  void continuesFromItsStateToTheLastBit() {
    ErrorRate reference = new ErrorRate(300, 50);
    ConceptDetector straight = new ConceptDetector(reference, 1e5, 2);
    ConceptDetector restarted = new ConceptDetector(reference, 1e5, 2);
    ErrorStream stream = new ErrorStream(8, 0, 0.2);
    for (int i = 0; i < 300; i++) {
      ErrorBatch batch = stream.next(0.2, 7, 1 / 64.0);
      straight.add(batch);
      restarted = new ConceptDetector(reference, 1e5, 2, restarted.state());
      restarted.add(batch);
    }

    assertThat(restarted.state()).isEqualTo(straight.state());
    assertThat(restarted.evidence()).isEqualTo(straight.evidence());
    int bytes =
        32 + 8 * straight.state().statistics().size() + 32 * straight.state().changes().size();
    assertThat(bytes).isLessThanOrEqualTo(8 * 1024);
  }

  @Test
  void aBatchIsAsGoodAsItsRows() {
    ConceptDetector rows = new ConceptDetector(FIFTH, 1e30, 1);
    ConceptDetector batches = new ConceptDetector(FIFTH, 1e30, 1);
    ErrorStream ofRows = new ErrorStream(9, 0, 0.2);
    ErrorStream ofBatches = new ErrorStream(9, 0, 0.2);
    run(rows, ofRows, 0.2, 3_000);
    run(rows, ofRows, 0.3, 200);
    for (int i = 0; i < 320; i++) {
      batches.add(ofBatches.next(i < 300 ? 0.2 : 0.3, 10, 10));
    }

    assertThat(Math.log(batches.evidence().statistic()))
        .isCloseTo(Math.log(rows.evidence().statistic()), Percentage.withPercentage(3));
  }

  @Test
  void staysFiniteWhateverComes() {
    ConceptDetector detector = new ConceptDetector(new ErrorRate(1_000_000, 0), 1e5, 1);
    for (int i = 0; i < 10; i++) {
      detector.add(new ErrorBatch(i, 1, 1_000_000, 1_000_000));
      detector.add(new ErrorBatch(i, 1, 0, 0));
    }
    assertThat(detector.evidence().statistic()).isFinite().isGreaterThan(1e5);
    assertThat(detector.state().statistics()).allMatch(Double::isFinite);

    for (int i = 0; i < 10; i++) {
      detector.add(new ErrorBatch(i, 1, 1_000_000_000L, 0));
    }
    assertThat(detector.evidence().statistic()).isFinite();
  }

  @Test
  void rejectsWhatCannotBe() {
    assertThatThrownBy(() -> new ErrorRate(5, 6)).hasMessageContaining("of 5 rows");
    assertThatThrownBy(() -> new ErrorBatch(0, -1, 0, 0)).hasMessageContaining("-1.0");
    assertThatThrownBy(() -> new ConceptDetector(FIFTH, 0, 1)).hasMessageContaining("0.0 and 1.0");
    assertThatThrownBy(() -> new ConceptDetector(FIFTH, 1, 0.5)).hasMessageContaining("0.5");
    ConceptDetector detector = new ConceptDetector(FIFTH, 1, 1);
    assertThatThrownBy(() -> detector.add(new ErrorBatch(0, 1, 2, 3)))
        .hasMessageContaining("2 labels");
  }

  private static void run(ConceptDetector detector, ErrorStream stream, double rate, int rows) {
    for (int i = 0; i < rows; i++) {
      detector.add(stream.next(rate));
    }
  }
}
