package dev.millrace.schemas.flink;

import dev.millrace.schemas.testing.Architecture;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  @Test
  void packagesUseOnlyDeclaredPackages() {
    Architecture.of("dev.millrace.schemas.flink")
        .room("job")
        .room("type")
        .room("sink")
        .room("source", "job", "sink")
        .only("picocli.", "job")
        .only("org.apache.flink.streaming.", "job")
        .check();
  }
}
