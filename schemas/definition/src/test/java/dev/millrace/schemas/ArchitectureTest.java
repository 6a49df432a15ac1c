package dev.millrace.schemas;

import dev.millrace.schemas.testing.Architecture;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  @Test
  void packagesUseOnlyDeclaredPackages() {
    Architecture.of("dev.millrace.schemas")
        .room("avro")
        .room("digest")
        .room("expression")
        .room("model", "digest")
        .room("pipeline", "expression", "model")
        .room("pipeline.file", "digest", "expression", "model", "pipeline")
        .room("inputs", "avro", "expression", "pipeline")
        .only("dev.cel.", "expression")
        .only("org.yaml.", "pipeline.file")
        .only("org.apache.commons.", "pipeline.file")
        .check();
  }
}
