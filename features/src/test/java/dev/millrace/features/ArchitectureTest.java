package dev.millrace.features;

import dev.millrace.schemas.testing.Architecture;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  @Test
  void packagesFollowTheFlowAndPolicyIsPure() {
    Architecture.of("dev.millrace.features")
        .room("aggregate")
        .room("view", "aggregate")
        .room("source", "view")
        .room("skew")
        .room("operator", "aggregate", "view", "source", "skew")
        .room("sink", "source", "operator")
        .room("generation", "view")
        .room("", "generation", "view", "source", "skew", "operator", "sink")
        .pure("aggregate", "dev.millrace.schemas.operation.")
        .pure(
            "view",
            "dev.millrace.schemas.pipeline.",
            "dev.millrace.schemas.operation.",
            "dev.millrace.schemas.expression.",
            "dev.millrace.schemas.digest.",
            "org.apache.avro.generic.")
        .only("org.apache.kafka.", "generation", "sink")
        .only("org.apache.flink.connector.", "")
        .only("picocli.", "")
        .check();
  }
}
