package dev.millrace.schemas;

import dev.millrace.schemas.testing.Architecture;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  @Test
  void packagesUseOnlyDeclaredPackages() {
    Architecture.of("dev.millrace.schemas")
        .room("registry")
        .room("codec", "registry")
        .room("topics", "codec", "registry")
        .room("deadletter", "codec", "topics")
        .only("org.apache.flink.", "registry")
        .check();
  }
}
