package dev.millrace.drift.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.policy.Countries.Change;
import dev.millrace.drift.policy.Countries.Row;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.AlertStatus;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.DriftState;
import dev.millrace.schemas.avro.FeatureDrift;
import dev.millrace.schemas.avro.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Drift by slices, from counts to alerts. */
class SlicesTest {
  private static final int BUDGET = 100;

  /** A twentieth of the rows shifts by 0.8 deviations: 0.04 in all rows. */
  private static final Change GERMAN =
      (row, random) ->
          "DE".equals(row.country())
              ? new Row((float) (row.amount() + 0.8), row.country(), row.score())
              : row;

  private static DriftReport slice(WindowDecision window, String name) {
    return window.slices().stream()
        .filter(report -> report.getSlice().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static DriftReport report(WindowDecision window) {
    return Objects.requireNonNull(window.report());
  }

  @Test
  void findAChangeThatAllPredictionsTogetherHide() {
    Countries whole = new Countries(1, 0.05, false, BUDGET);
    for (int i = 0; i < 20; i++) {
      WindowDecision window = whole.next(GERMAN);
      assertThat(window.alerts()).isEmpty();
      assertThat(window.slices()).isEmpty();
    }

    Countries sliced = new Countries(1, 0.05, true, BUDGET);
    for (int i = 0; i < 5; i++) {
      assertThat(sliced.next(Countries.CALM).alerts()).isEmpty();
    }
    List<WindowDecision> windows = new ArrayList<>();
    while (windows.size() < 2 && windows.stream().allMatch(each -> each.alerts().isEmpty())) {
      windows.add(sliced.next(GERMAN));
    }

    WindowDecision found = windows.get(windows.size() - 1);
    Alert alert = found.alerts().get(0);
    assertThat(alert.getStatus()).isEqualTo(AlertStatus.FIRING);
    assertThat(alert.getKey()).isEqualTo("payments/fraud/data-drift");
    assertThat(alert.getFeatures()).containsExactly("amount in country=DE");
    assertThat(alert.getMessage()).contains("amount in country=DE (KOLMOGOROV_SMIRNOV");
    assertThat(alert.getEvidence())
        .extracting(FeatureDrift::getFeature, FeatureDrift::getSlice)
        .containsExactly(org.assertj.core.groups.Tuple.tuple("amount", "country=DE"));
    assertThat(slice(found, "country=DE").getVerdict()).isEqualTo(Verdict.DRIFT);
    assertThat(slice(found, "country=DE").getId()).isEqualTo(report(found).getId() + "/country=DE");
    assertThat(slice(found, "country=FR").getState()).isEqualTo(DriftState.OK);
    assertThat(report(found).getVerdict()).isEqualTo(Verdict.OK);
    assertThat(report(found).getState()).isEqualTo(DriftState.DRIFT);
    var trigger = Objects.requireNonNull(found.trigger());
    assertThat(trigger.getMessage()).contains("amount in country=DE");
    assertThat(trigger.getEvidence().get(0).getFeatures().get(0).getSlice())
        .isEqualTo("country=DE");
  }

  /** What drifts everywhere is named once, not once in each slice. */
  @Test
  void aChangeOfAllPredictionsIsNamedWithoutSlices() {
    Countries countries = new Countries(2, 0.05, true, BUDGET);

    WindowDecision window =
        countries.next((row, random) -> new Row(row.amount() + 1, row.country(), row.score()));

    assertThat(slice(window, "country=DE").getVerdict()).isEqualTo(Verdict.DRIFT);
    assertThat(window.alerts().get(0).getFeatures()).containsExactly("amount");
  }

  /** At the laxest budget, with slices that vary between windows by what they have in common. */
  @Test
  void keepTheBudgetWhileNothingChanges() {
    int windows = 80;
    int bySlices = 0;
    for (double common : new double[] {0, 0.3}) {
      Countries countries = new Countries(3, common, true, 20);
      for (int i = 0; i < windows; i++) {
        bySlices +=
            (int)
                countries.next(Countries.CALM).alerts().stream()
                    .filter(alert -> alert.getStatus() == AlertStatus.FIRING)
                    .filter(alert -> String.join("", alert.getFeatures()).contains(" in "))
                    .count();
      }
    }
    System.out.printf("false alarms of slices: %d in %d windows%n", bySlices, 2 * windows);
    // Half of one in twenty windows.
    assertThat(bySlices).isLessThanOrEqualTo(2 * windows / 20 / 2);
  }

  @Test
  void aSliceOfFewRowsIsInsufficientAndNothingElse() {
    Countries countries = new Countries(4, 0, true, BUDGET);
    // 15 rows of DE, which have shifted.
    WindowDecision window = countries.next(300, GERMAN);

    DriftReport few = slice(window, "country=DE");
    assertThat(few.getSamples()).isBetween(1L, 29L);
    assertThat(few.getState()).isEqualTo(DriftState.INSUFFICIENT);
    assertThat(few.getSamplesMissing()).isEqualTo(30 - few.getSamples());
    assertThat(slice(window, "country=FR").getState()).isEqualTo(DriftState.OK);
    assertThat(report(window).getState()).isEqualTo(DriftState.OK);
    assertThat(window.alerts()).isEmpty();
  }

  @Test
  void otherValuesUnseenOnesAndNullAreOneSlice() {
    Countries countries = new Countries(5, 0, true, BUDGET);
    Change strange =
        (row, random) ->
            switch (String.valueOf(row.country())) {
              case "SE" -> new Row(row.amount(), "unseen", row.score());
              case "DK" -> new Row(row.amount(), null, row.score());
              default -> row;
            };

    WindowDecision window = countries.next(strange);

    long named =
        window.slices().stream()
            .filter(report -> !report.getSlice().endsWith("*"))
            .mapToLong(DriftReport::getSamples)
            .sum();
    assertThat(slice(window, "country=*").getSamples()).isEqualTo(Countries.ROWS - named);
    assertThat(slice(window, "country=*").getState()).isEqualTo(DriftState.OK);
    assertThat(slice(window, "country=*").getFeatures())
        .extracting(FeatureDrift::getFeature)
        .containsExactly("amount", "score");
    assertThat(window.alerts()).extracting(Alert::getKey).contains("payments/fraud/data-quality");
  }

  @Test
  void aRestartAfterEachWindowChangesNothing() {
    List<String> expected = published(false);

    assertThat(expected).anyMatch(report -> report.contains("in country=DE"));
    assertThat(published(true)).isEqualTo(expected);
  }

  private static List<String> published(boolean restarts) {
    Countries countries = new Countries(7, 0.05, true, BUDGET);
    List<String> published = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      WindowDecision window = countries.next(i >= 2 && i < 4 ? GERMAN : Countries.CALM);
      published.add(report(window).toString());
      window.slices().forEach(each -> published.add(each.toString()));
      window.alerts().stream().map(Alert::getMessage).distinct().forEach(published::add);
      if (restarts) {
        countries.restart();
      }
    }
    return published.stream().distinct().toList();
  }
}
