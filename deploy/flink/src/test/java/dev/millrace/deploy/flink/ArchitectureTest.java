package dev.millrace.deploy.flink;

import dev.millrace.schemas.testing.Architecture;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  /** The jobs are called by reflection, since only the distribution has all of them. */
  @Test
  void thePackageDoesNotUseTheModulesThatItStarts() {
    Architecture.of("dev.millrace.deploy.flink")
        .room("")
        .only("dev.millrace.ingest.")
        .only("dev.millrace.features.")
        .only("dev.millrace.inference.")
        .only("dev.millrace.drift.")
        .only("dev.millrace.deploy.process.")
        .only("dev.millrace.deploy.platform.")
        .check();
  }
}
