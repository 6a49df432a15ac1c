package dev.millrace.schemas;

import dev.millrace.schemas.testing.Architecture;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  @Test
  void packagesUseOnlyThoseBelowThem() {
    Architecture.of("dev.millrace.schemas")
        .room("avro")
        .room("digest")
        .room("expression")
        .room("model", "digest")
        .room("pipeline", "expression", "model")
        .only("dev.cel.", "expression")
        .check();
  }
}
