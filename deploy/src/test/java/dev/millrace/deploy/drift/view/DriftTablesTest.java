package dev.millrace.deploy.drift.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
  void anOldReportThatIsReadAgainDoesNotReplaceANewerOne() {
    DriftState state = new DriftState(Runs.pipeline());
    Runs.drifted().reports().subList(0, 5).forEach(state::take);
    state.take(Runs.drifted().reports().get(1));

    assertThat(StateTable.of(state, 120)).contains("DRIFT; newest window 2026-03-05");
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
