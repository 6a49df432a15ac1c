package dev.millrace.ingest.producer;

import dev.millrace.schemas.testing.Architecture;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  /** Packages in order: input files and generator, client, commands. */
  @Test
  void packagesUseOnlyWhatIsDeclared() {
    Architecture.of("dev.millrace.ingest.producer")
        .room("payments")
        .room("files")
        .room("publish")
        .room("pacing")
        .room("console")
        .room("replay", "files", "publish", "pacing", "console")
        .room("simulate", "payments", "publish", "pacing", "console")
        .room("", "replay", "simulate")
        .pure("payments")
        .pure("pacing")
        .pure(
            "files",
            "dev.millrace.schemas.pipeline.",
            "org.apache.avro.",
            "de.siegmar.fastcsv.",
            "com.fasterxml.jackson.")
        .only("org.apache.kafka.", "publish")
        .only("picocli.", "replay", "simulate", "")
        .check();
  }
}
