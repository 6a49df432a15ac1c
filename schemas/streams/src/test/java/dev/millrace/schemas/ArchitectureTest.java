package dev.millrace.schemas;

import dev.millrace.schemas.testing.Architecture;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  @Test
  void packagesUseOnlyDeclaredPackages() {
    Architecture.of("dev.millrace.schemas")
        .room("streams.records")
        .room("streams.commit")
        .room("streams.failure")
        .room("streams.restore")
        .room("streams.setup")
        .room("streams.service", "streams.failure", "streams.restore", "streams.setup")
        .only("picocli.", "streams.service")
        .only("io.prometheus.", "streams.failure", "streams.restore", "streams.service")
        .only("org.rocksdb.", "streams.setup")
        .check();
  }
}
