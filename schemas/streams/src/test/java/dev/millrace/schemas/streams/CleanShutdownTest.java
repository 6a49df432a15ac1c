package dev.millrace.schemas.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CleanShutdownTest {
  @Test
  void isSaidToTheNextProcessOnly(@TempDir Path directory) {
    Path stateDir = directory.resolve("state");
    assertThat(new CleanShutdown(stateDir, "app").take()).isFalse();

    new CleanShutdown(stateDir, "app").leave();
    assertThat(new CleanShutdown(stateDir, "other").take()).isFalse();
    CleanShutdown next = new CleanShutdown(stateDir, "app");
    assertThat(next.take()).isTrue();
    assertThat(next.take()).isFalse();
  }
}
