package dev.millrace.deploy.drift.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.AlertStatus;
import dev.millrace.schemas.avro.PairedQuality;
import dev.millrace.schemas.avro.QualityFigure;
import dev.millrace.schemas.avro.QualityMetric;
import dev.millrace.schemas.avro.QualityReport;
import dev.millrace.schemas.avro.Verdict;
import dev.millrace.schemas.testing.WireNames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DriftTablesTest {
  @ParameterizedTest
  @ValueSource(ints = {80, 120})
  void runIsAsInTheFile(int width) throws IOException {
    String table = RunTable.of(Runs.drifted(), width);

    assertThat(table.lines()).allMatch(line -> line.length() <= width);
    assertThat(table).isEqualTo(golden("run-%d.txt".formatted(width)));
  }

  @ParameterizedTest
  @ValueSource(ints = {80, 120})
  void stateIsAsInTheFile(int width) throws IOException {
    DriftState state = new DriftState(Runs.pipeline());
    Runs.drifted().reports().subList(0, 5).forEach(state::take);
    state.alert(Runs.firing().getKey(), Runs.firing());
    state.take(Runs.quality(1));
    state.take(Runs.quality(0));

    String table = StateTable.of(state, width);

    assertThat(table.lines()).allMatch(line -> line.length() <= width);
    assertThat(table).isEqualTo(golden("state-%d.txt".formatted(width)));
  }

  @Test
  void aWarningOfASliceHasItsReason() {
    DriftRun run =
        Runs.unusualInOneSlice(dev.millrace.schemas.avro.DriftState.WARNING, Verdict.WARNING);
    DriftState state = new DriftState(Runs.pipeline());
    run.reports().forEach(state::take);

    assertThat(RunTable.of(run, 120).lines())
        .anyMatch(line -> line.contains("WARNING") && line.endsWith("amount in country=DE"));
    assertThat(StateTable.of(state, 120))
        .contains("WARNING; newest window 2026-03-04", "verdict OK, but for amount in country=DE");
  }

  @Test
  void anOldReportThatIsReadAgainDoesNotReplaceANewerOne() {
    DriftState state = new DriftState(Runs.pipeline());
    Runs.drifted().reports().subList(0, 5).forEach(state::take);
    state.take(Runs.drifted().reports().get(1));

    assertThat(StateTable.of(state, 120)).contains("DRIFT; newest window 2026-03-05");
  }

  @Test
  void aShadowHasItsDifferencesFromTheChampion() {
    DriftState state = new DriftState(Runs.pipeline());
    state.take(Runs.drifted().reports().get(0));
    QualityReport quality = Runs.quality(0);
    quality.setPaired(
        List.of(
            new PairedQuality(
                "fedcba987654",
                14_000L,
                12L,
                60L,
                1e-8,
                List.of(new QualityFigure(QualityMetric.ACCURACY, 0.0034, 0.0022, 0.0046)))));
    state.take(quality);

    assertThat(StateTable.of(state, 200))
        .contains(
            "shadow fedcba987654 less champion, on the same 14,000 labelled predictions: accuracy 0.003 (0.002 to 0.005); McNemar's p 1e-08");
  }

  @Test
  void anAlertWhoseRecordWasDeletedIsGone() {
    DriftState state = new DriftState(Runs.pipeline());
    state.take(Runs.drifted().reports().get(0));
    state.alert(Runs.firing().getKey(), Runs.firing());
    state.alert(Runs.firing().getKey(), null);

    assertThat(StateTable.of(state, 120)).contains("no alert is firing");
  }

  @Test
  void everyCauseHasARowWithItsStateAndStart() {
    DriftState state = new DriftState(Runs.pipeline());
    Runs.drifted().reports().subList(0, 5).forEach(state::take);
    Alert firing = Runs.firing();
    state.alert(firing.getKey(), firing);
    String fairness = "payments/fraud/fairness";
    state.alert(
        fairness,
        Alert.newBuilder(firing)
            .setKey(fairness)
            .setStatus(AlertStatus.RESOLVED)
            .setAt(Instant.parse("2026-03-03T00:00:00Z"))
            .build());

    List<String> rows = StateTable.of(state, 120).lines().toList();

    assertThat(rows).anyMatch(row -> row.matches("data-drift +FIRING, \\w+ +2026-03-04 +.+"));
    assertThat(rows)
        .anyMatch(
            row -> row.matches("fairness +not known +2026-03-03 +no window has its labels.+"));
    assertThat(rows).anyMatch(row -> row.matches("freshness +ok +-"));
  }

  @Test
  void causesThatNoWindowWasTestedForAreNotOk() {
    DriftState state = new DriftState(Runs.pipeline());
    state.take(Runs.drifted().reports().get(0));

    List<String> rows = StateTable.of(state, 120).lines().toList();

    assertThat(rows).anyMatch(row -> row.matches("data-drift +warmup +-"));
    assertThat(rows).anyMatch(row -> row.matches("quality +not known +- +no window has its.+"));
  }

  @Test
  void causesAreThoseOnTheWire() throws IOException {
    List<String> listed = WireNames.first(Path.of("..", "schemas"), "Causes of alerts");
    List<String> shown = new ArrayList<>(CauseTable.OF_WINDOWS);
    shown.addAll(CauseTable.OF_LABELS);
    assertThat(shown).isEqualTo(listed);
  }

  @Test
  void saysThatNoWindowHasClosed() {
    assertThat(StateTable.of(new DriftState(Runs.pipeline()), 80))
        .contains("no window has been reported yet");
  }

  private static String golden(String name) throws IOException {
    try (var in = Objects.requireNonNull(DriftTablesTest.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
