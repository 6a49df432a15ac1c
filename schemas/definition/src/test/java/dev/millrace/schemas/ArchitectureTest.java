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
        .room("operation", "expression")
        .room("pipeline", "digest", "expression", "model", "operation")
        .room("pipeline.file", "digest", "expression", "model", "operation", "pipeline")
        .room("inputs", "avro", "expression", "pipeline")
        .pure("operation", "dev.millrace.schemas.expression.Type")
        .only("dev.cel.", "expression")
        .only("org.yaml.", "pipeline.file")
        .only("org.apache.commons.", "pipeline.file")
        .check();
  }
}
