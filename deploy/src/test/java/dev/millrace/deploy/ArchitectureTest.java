package dev.millrace.deploy;

import dev.millrace.schemas.testing.Architecture;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  @Test
  void packagesUseOnlyWhatIsDeclared() {
    Architecture.of("dev.millrace.deploy")
        .room("audit")
        .room("topic", "audit")
        .room("process")
        .room("platform", "process")
        .room("export", "process", "topic")
        .room("deadletter", "process", "topic")
        .room("demo", "audit", "topic", "process", "platform")
        .room("command", "process", "platform", "export", "deadletter")
        .room("", "process", "command", "demo")
        .pure("audit")
        .only("dev.millrace.ingest.", "")
        .only("dev.millrace.features.")
        .only("dev.millrace.inference.")
        .only("dev.millrace.drift.")
        .only("org.apache.flink.")
        .only(
            "org.apache.kafka.",
            "topic",
            "platform",
            "process",
            "export",
            "deadletter",
            "command",
            "demo")
        .check();
  }
}
