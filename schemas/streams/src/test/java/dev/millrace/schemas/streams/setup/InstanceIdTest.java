package dev.millrace.schemas.streams.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstanceIdTest {
  @Test
  void staysWithTheStateDirectoryAndTheApplication(@TempDir Path directory) throws IOException {
    Path state = directory.resolve("not/there/yet");

    String first = InstanceId.of(state, "shop");

    assertThat(first).isNotEmpty().isEqualTo(InstanceId.of(state, "shop"));
    assertThat(InstanceId.of(state, "flights")).isNotEqualTo(first);
    assertThat(InstanceId.of(directory, "shop")).isNotEqualTo(first);
  }
}
