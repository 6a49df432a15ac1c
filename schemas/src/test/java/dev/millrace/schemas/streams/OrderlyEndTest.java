package dev.millrace.schemas.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrderlyEndTest {
  @Test
  void isSaidToTheNextProcessOnly(@TempDir Path directory) {
    Path stateDir = directory.resolve("state");
    assertThat(new OrderlyEnd(stateDir, "app").take()).isFalse();

    new OrderlyEnd(stateDir, "app").leave();
    assertThat(new OrderlyEnd(stateDir, "other").take()).isFalse();
    OrderlyEnd next = new OrderlyEnd(stateDir, "app");
    assertThat(next.take()).isTrue();
    assertThat(next.take()).isFalse();
  }
}
