package dev.millrace.ingest;

import dev.millrace.schemas.testing.Architecture;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  /** Packages along the flow of a record: check, event clock, deduplication, topology. */
  @Test
  void packagesUseOnlyWhatIsDeclared() {
    Architecture.of("dev.millrace.ingest")
        .room("check")
        .room("clock")
        .room("dedup")
        .room("parked")
        .room("state", "clock", "dedup")
        .room("topology", "check", "clock", "dedup", "parked", "state")
        .room("topics", "state", "topology")
        .room("", "topics", "topology")
        .pure(
            "check",
            "dev.millrace.schemas.pipeline.",
            "dev.millrace.schemas.expression.",
            "dev.millrace.schemas.codec.Decoded",
            "dev.millrace.schemas.codec.RejectionCode",
            "org.apache.avro.")
        .pure("clock", "dev.millrace.schemas.pipeline.Guarantee")
        .pure("dedup")
        .only("org.apache.kafka.clients.", "topics", "topology", "")
        .only("org.apache.kafka.streams.processor.", "parked", "topology")
        .only("picocli.", "")
        .check();
  }
}
