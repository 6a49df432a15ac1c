package dev.millrace.drift.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.labels.JoinResult;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class LabelJoinTest {

  @Test
  void joinsAPredictionThatComesBeforeItsLabel() throws Exception {
    try (JoinHarness join = new JoinHarness(null)) {
      join.prediction("a", 100).label("a", 1, 900);

      assertThat(join.outcomes()).containsExactly("a 1.0 900 OBSERVED");
      assertThat(join.records().get(0).get("score")).isEqualTo(0.5);
      assertThat(join.records().get(0).get("event_time")).isEqualTo(100L);
    }
  }

  @Test
  void keepsALabelThatComesBeforeItsPrediction() throws Exception {
    try (JoinHarness join = new JoinHarness(null)) {
      join.label("a", 1, 900).prediction("a", 100);

      assertThat(join.outcomes()).containsExactly("a 1.0 900 OBSERVED");
    }
  }

  @Test
  void usesTheFirstOfRepeatedLabels() throws Exception {
    try (JoinHarness join = new JoinHarness(null)) {
      join.label("a", 1, 200).label("a", 1, 300).prediction("a", 100).label("a", 1, 400);

      assertThat(join.outcomes()).containsExactly("a 1.0 200 OBSERVED");
      assertThat(join.count(JoinResult.LABELS_REPEATED)).isEqualTo(2);
      assertThat(join.count(JoinResult.LABELS_CONTRADICTING)).isZero();
    }
  }

  @Test
  void countsContradictingLabelsApartAndUsesTheFirst() throws Exception {
    try (JoinHarness join = new JoinHarness(0.0)) {
      join.label("a", 1, 200).label("a", 0, 150).prediction("a", 100).label("a", 0, 400);
      join.prediction("b", 100).label("b", 0, 300).label("b", -0.0, 300).label("b", 0.5, 1_200);
      join.prediction("c", 100).watermark(1_100).label("c", 1, 1_000).label("c", 0, 1_000);

      assertThat(join.outcomes())
          .containsExactly("a 1.0 200 OBSERVED", "b 0.0 300 OBSERVED", "c 0.0 null ASSUMED");
      assertThat(join.count(JoinResult.LABELS_CONTRADICTING)).isEqualTo(3);
      assertThat(join.count(JoinResult.LABELS_REPEATED)).as("0 and -0 are equal").isEqualTo(1);
      assertThat(join.count(JoinResult.LABELS_TOO_LATE)).as("c has no label").isEqualTo(2);
    }
  }

  @Test
  void aLabelAtTheTimeOfItsPredictionOrOfItsMaturityCounts() throws Exception {
    try (JoinHarness join = new JoinHarness(null)) {
      join.prediction("a", 100).label("a", 1, 100).label("b", 1, 100).prediction("b", 100);
      join.prediction("c", 100).label("c", 1, 1_100).prediction("d", 100).label("d", 1, 1_101);
      join.label("e", 1, 0).prediction("e", 100);

      assertThat(join.outcomes())
          .containsExactly(
              "a 1.0 100 OBSERVED",
              "b 1.0 100 OBSERVED",
              "c 1.0 1100 OBSERVED",
              "e 1.0 0 OBSERVED");
      assertThat(join.count(JoinResult.LABELS_TOO_LATE)).isEqualTo(1);
    }
  }

  @Test
  void aRepeatedPredictionHasOneOutcome() throws Exception {
    try (JoinHarness join = new JoinHarness(0.0)) {
      join.prediction("a", 100).prediction("a", 100).label("a", 1, 200).prediction("a", 100);
      join.watermark(1_100);

      assertThat(join.outcomes()).containsExactly("a 1.0 200 OBSERVED");
      assertThat(join.count(JoinResult.PREDICTIONS_REPEATED)).isEqualTo(2);
    }
  }

  @Test
  void assumesTheLabelAtMaturityAndCountsALaterOne() throws Exception {
    try (JoinHarness join = new JoinHarness(0.0)) {
      join.prediction("a", 100).watermark(1_099);
      assertThat(join.outcomes()).isEmpty();

      join.watermark(1_100).label("a", 1, 1_050);

      assertThat(join.outcomes()).containsExactly("a 0.0 null ASSUMED");
      assertThat(join.count(JoinResult.LABELS_TOO_LATE)).isEqualTo(1);
    }
  }

  @Test
  void aPredictionWithoutAnAssumedLabelExpires() throws Exception {
    try (JoinHarness join = new JoinHarness(null)) {
      join.prediction("a", 100).watermark(1_100).label("a", 1, 1_050);

      assertThat(join.outcomes()).isEmpty();
      assertThat(join.count(JoinResult.PREDICTIONS_EXPIRED)).isEqualTo(1);
      assertThat(join.count(JoinResult.LABELS_TOO_LATE)).isEqualTo(1);
    }
  }

  @Test
  void ignoresALabelLaterThanMaturityEvenIfTheWatermarkLags() throws Exception {
    try (JoinHarness join = new JoinHarness(0.0)) {
      join.prediction("a", 100).label("a", 1, 1_101).label("b", 1, 1_101).prediction("b", 100);
      assertThat(join.count(JoinResult.LABELS_TOO_LATE)).isEqualTo(2);

      join.watermark(1_100);
      assertThat(join.outcomes())
          .containsExactlyInAnyOrder("a 0.0 null ASSUMED", "b 0.0 null ASSUMED");
    }
  }

  @Test
  void keepsALabelWithoutAPredictionForMaturityThenCountsIt() throws Exception {
    try (JoinHarness join = new JoinHarness(0.0)) {
      join.label("a", 1, 100).watermark(1_099);
      assertThat(join.count(JoinResult.LABELS_UNMATCHED)).isZero();

      join.watermark(1_100);
      assertThat(join.count(JoinResult.LABELS_UNMATCHED)).isEqualTo(1);
      assertThat(join.stateEntries()).isZero();
    }
  }

  @Test
  void aPredictionBehindTheWatermarkMaturesAtTheNextOne() throws Exception {
    try (JoinHarness join = new JoinHarness(0.0)) {
      join.watermark(5_000).prediction("a", 100).watermark(5_001);

      assertThat(join.outcomes()).containsExactly("a 0.0 null ASSUMED");
    }
  }

  @Test
  void keepsLabelsAheadOfPredictions() throws Exception {
    try (JoinHarness join = new JoinHarness(0.0)) {
      join.label("b", 1, 200).predictionClock(100).labelClock(100_000);

      join.prediction("b", 150).prediction("a", 100);

      assertThat(join.outcomes()).containsExactly("b 1.0 200 OBSERVED", "a 0.0 null ASSUMED");
    }
  }

  @Test
  void dropsKeptLabelsWhenPredictionsHavePassedThem() throws Exception {
    try (JoinHarness join = new JoinHarness(0.0)) {
      join.label("b", 1, 200).predictionClock(100).labelClock(100_000).predictionClock(1_200);
      // The label was 99.8 s old at the last check; the next one is as long after that.
      join.labelClock(199_799);
      assertThat(join.count(JoinResult.LABELS_UNMATCHED)).isZero();
      join.labelClock(199_800);

      assertThat(join.count(JoinResult.LABELS_UNMATCHED)).isEqualTo(1);
      assertThat(join.stateEntries()).isZero();
    }
  }

  @Test
  void predictionsMatureByTheClockOfLabelsAlone() throws Exception {
    try (JoinHarness join = new JoinHarness(0.0)) {
      join.prediction("a", 100).predictionClock(100).labelClock(1_099);
      assertThat(join.outcomes()).isEmpty();

      join.labelClock(1_100);
      assertThat(join.outcomes()).containsExactly("a 0.0 null ASSUMED");
    }
  }

  @Test
  void assumesNoLabelsWhileLabelsAreSilent() throws Exception {
    try (JoinHarness join = new JoinHarness(0.0)) {
      join.prediction("a", 100).prediction("b", 100).labelsIdle().predictionClock(5_000);
      assertThat(join.outcomes()).isEmpty();

      join.labelsActive().label("a", 1, 600).labelClock(1_100);
      assertThat(join.outcomes()).containsExactly("a 1.0 600 OBSERVED", "b 0.0 null ASSUMED");
    }
  }

  @Test
  void dropsPredictionsFarAheadOfSilentLabelsWithoutAnOutcome() throws Exception {
    try (JoinHarness join = new JoinHarness(0.0)) {
      join.prediction("a", 100).labelsIdle().pass(JoinHarness.SILENCE);
      join.predictionClock(100 + 11 * JoinHarness.MATURITY - 1);
      assertThat(join.count(JoinResult.PREDICTIONS_UNLABELED)).isZero();

      join.predictionClock(100 + 11 * JoinHarness.MATURITY);
      assertThat(join.count(JoinResult.PREDICTIONS_UNLABELED)).isEqualTo(1);
      assertThat(join.outcomes()).isEmpty();

      join.predictionClock(100 + 12 * JoinHarness.MATURITY);
      assertThat(join.stateEntries()).isZero();
    }
  }

  @Test
  void predictionsWaitForLabelsThatAreBehindButNotSilent() throws Exception {
    try (JoinHarness join = new JoinHarness(0.0)) {
      join.prediction("a", 100)
          .labelsActive()
          .labelClock(200)
          .predictionClock(100 * JoinHarness.MATURITY);
      join.label("a", 1, 300);

      assertThat(join.outcomes()).containsExactly("a 1.0 300 OBSERVED");
    }
  }

  @Test
  void keepsNoStateAfterTwiceMaturity() throws Exception {
    try (JoinHarness join = new JoinHarness(0.0)) {
      join.prediction("a", 100).prediction("b", 100).label("b", 1, 200);
      join.watermark(2_099);
      assertThat(join.stateEntries()).isEqualTo(2);

      join.watermark(2_100);
      assertThat(join.stateEntries()).isZero();
    }
  }

  /** For any order of arrival, every prediction has the outcome that a join of tables gives. */
  @Property(tries = 100)
  void outcomesDoNotDependOnTheOrderOfArrival(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    Map<String, Long> predictions = new HashMap<>();
    Map<String, Long> labels = new HashMap<>();
    for (int i = 0; i < 30; i++) {
      String id = "e" + random.nextInt(20);
      if (random.nextBoolean()) {
        predictions.putIfAbsent(id, random.nextLong(500));
      } else {
        labels.putIfAbsent(id, random.nextLong(2_000));
      }
    }
    List<Runnable> arrivals = new ArrayList<>();
    try (JoinHarness join = new JoinHarness(0.0)) {
      predictions.forEach((id, time) -> arrivals.add(() -> join.prediction(id, time)));
      labels.forEach((id, time) -> arrivals.add(() -> join.label(id, 1, time)));
      Collections.shuffle(arrivals, random);
      arrivals.forEach(Runnable::run);
      join.watermark(10_000);

      List<String> expected = new ArrayList<>();
      predictions.forEach(
          (id, time) -> {
            Long labeled = labels.get(id);
            boolean inTime = labeled != null && labeled <= time + JoinHarness.MATURITY;
            expected.add(id + (inTime ? " 1.0 " + labeled + " OBSERVED" : " 0.0 null ASSUMED"));
          });
      assertThat(join.outcomes()).containsExactlyInAnyOrderElementsOf(expected);
      assertThat(join.stateEntries()).isZero();
    }
  }
}
