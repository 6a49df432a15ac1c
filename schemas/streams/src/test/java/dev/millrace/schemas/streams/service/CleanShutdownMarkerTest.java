package dev.millrace.schemas.streams.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CleanShutdownMarkerTest {
  @Test
  void onlyTheNextProcessReadsTheMarker(@TempDir Path directory) {
    Path stateDir = directory.resolve("state");
    assertThat(new CleanShutdownMarker(stateDir, "app").deleteMarker()).isFalse();

    new CleanShutdownMarker(stateDir, "app").writeMarker();
    assertThat(new CleanShutdownMarker(stateDir, "other").deleteMarker()).isFalse();
    CleanShutdownMarker next = new CleanShutdownMarker(stateDir, "app");
    assertThat(next.deleteMarker()).isTrue();
    assertThat(next.deleteMarker()).isFalse();
  }
}
