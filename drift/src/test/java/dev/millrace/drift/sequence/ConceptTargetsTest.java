package dev.millrace.drift.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The targets of the README with few repetitions and fixed seeds; the benchmark has many. */
class ConceptTargetsTest {
  private static final int REPETITIONS = 40;

  @ParameterizedTest
  @CsvSource({
    "0.2, 0.25, 800",
    "0.2, 0.3, 260",
    "0.2, 0.4, 85",
    "0.05, 0.1, 370",
    "0.01, 0.03, 530"
  })
  void findsChangesWithinTheTargetAndTheBudget(double before, double after, double target) {
    ConceptRuns runs =
        ConceptRuns.of(
            before, after, 0, REPETITIONS, ConceptRuns.concept(ErrorStream::exactReference, 1));

    assertThat(runs.meanDelay()).isLessThanOrEqualTo(target + 2 * runs.delayError());
    assertThat(runs.missed()).isZero();
    // 2 are expected at most in 200,000 observations; more than 6 have a probability of .5 %.
    assertThat(runs.falseAlarms()).isLessThanOrEqualTo(6);
  }

  @ParameterizedTest
  @CsvSource({"0", "200", "1000", "5000"})
  void keepsTheBudgetHoweverFewLabelsTheReferenceHas(int labels) {
    ConceptRuns runs =
        ConceptRuns.of(0.2, 0.3, 0, REPETITIONS, ConceptRuns.concept(s -> s.reference(labels), 1));

    assertThat(runs.falseAlarms()).isLessThanOrEqualTo(6);
    assertThat(runs.meanDelay()).isLessThanOrEqualTo(320 + 2 * runs.delayError());
    assertThat(runs.missed()).isLessThanOrEqualTo(1);
  }

  @Test
  void dependentErrorsKeepTheBudgetWithTheirDispersion() {
    // Each error repeats the one before with probability .8: the dispersion is 1.8 / .2 = 9.
    ConceptRuns wrong =
        ConceptRuns.of(0.2, 0.4, 0.8, 10, ConceptRuns.concept(s -> s.reference(5_000), 1));
    ConceptRuns right =
        ConceptRuns.of(0.2, 0.4, 0.8, REPETITIONS, ConceptRuns.concept(s -> s.reference(5_000), 9));

    assertThat(wrong.falseAlarms()).isGreaterThan(50);
    assertThat(right.falseAlarms()).isLessThanOrEqualTo(6);
    assertThat(right.missed()).isZero();
    assertThat(right.meanDelay()).isLessThan(1_000);
  }

  @Test
  void windowsWhoseRateVariesKeepTheBudgetWithTheirDispersion() {
    // Standard deviation .05 of the rate of a window: 1 + 399 * .05^2 / (.2 * .8) = 7.2.
    assertThat(alarmsOfVaryingWindows(1)).isGreaterThan(40);
    // The budget is 1 per 500 windows.
    assertThat(alarmsOfVaryingWindows(7.2)).isLessThanOrEqualTo(4);
  }

  private static int alarmsOfVaryingWindows(double dispersion) {
    ErrorRate reference = new ErrorRate(400 * 200, 80 * 200);
    ErrorStream stream = new ErrorStream(1, 0, 0.2);
    ErrorStream rates = new ErrorStream(2, 0, 0.2);
    ConceptDetector detector = new ConceptDetector(reference, 500, dispersion);
    int alarms = 0;
    for (int window = 0; window < 2_000; window++) {
      // A share of 64 has a standard deviation of .05.
      double rate = rates.next(0.2, 64, 0).errors() / 64.0;
      for (int part = 0; part < 8; part++) {
        detector.add(stream.next(rate, 50, 1 / 8.0));
        if (detector.evidence().drift()) {
          alarms++;
          detector = new ConceptDetector(reference, 500, dispersion);
        }
      }
    }
    return alarms;
  }
}
