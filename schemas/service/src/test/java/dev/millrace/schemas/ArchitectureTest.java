package dev.millrace.schemas;

import dev.millrace.schemas.testing.Architecture;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  @Test
  void packagesUseOnlyDeclaredPackages() {
    Architecture.of("dev.millrace.schemas")
        .room("service.http")
        .room("service", "service.http")
        .check();
  }
}
