package dev.millrace.schemas.streams.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CleanShutdownTest {
  @Test
  void onlyTheNextProcessReadsTheMarker(@TempDir Path directory) {
    Path stateDir = directory.resolve("state");
    assertThat(new CleanShutdown(stateDir, "app").deleteMarker()).isFalse();

    new CleanShutdown(stateDir, "app").writeMarker();
    assertThat(new CleanShutdown(stateDir, "other").deleteMarker()).isFalse();
    CleanShutdown next = new CleanShutdown(stateDir, "app");
    assertThat(next.deleteMarker()).isTrue();
    assertThat(next.deleteMarker()).isFalse();
  }
}
