package dev.millrace.deploy;

import dev.millrace.schemas.testing.Architecture;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  @Test
  void packagesUseOnlyWhatIsDeclared() {
    Architecture.of("dev.millrace.deploy")
        .room("audit")
        .room("process")
        .room("topic", "audit", "process")
        .room("provision", "topic")
        .room("generation", "process", "topic", "provision")
        .room("doctor", "provision")
        .room("doctor.facts", "doctor", "provision", "generation")
        .room("platform", "process", "generation")
        .room("evolution", "process", "topic", "provision", "generation", "platform")
        .room("export", "process", "topic")
        .room("deadletter", "process", "topic")
        .room("alert", "process", "topic")
        .room("retrain", "topic")
        .room("dataset.rows")
        .room("dataset.parquet", "dataset.rows")
        .room("dataset", "dataset.rows", "dataset.parquet", "process", "topic")
        .room("drift.view")
        .room("drift", "drift.view", "process", "topic")
        .room("demo", "audit", "topic", "process", "platform")
        .room(
            "command",
            "process",
            "topic",
            "provision",
            "generation",
            "platform",
            "doctor",
            "doctor.facts",
            "export",
            "deadletter",
            "alert",
            "dataset",
            "dataset.rows",
            "drift",
            "drift.view",
            "evolution")
        .room("", "process", "command", "demo")
        .pure("audit")
        .pure(
            "drift.view",
            "com.fasterxml.jackson.",
            "dev.millrace.schemas.avro.",
            "dev.millrace.schemas.pipeline.",
            "org.apache.avro.")
        .pure(
            "doctor",
            "com.fasterxml.jackson.",
            "dev.millrace.schemas.deadletter.",
            "dev.millrace.schemas.pipeline.",
            "dev.millrace.schemas.topics.")
        .pure("dataset.rows", "org.apache.avro.", "dev.millrace.schemas.pipeline.")
        .only("dev.millrace.ingest.", "")
        .only("dev.millrace.features.")
        .only("dev.millrace.inference.")
        .only("dev.millrace.drift.")
        .only("org.apache.flink.")
        .only("org.apache.parquet.", "dataset.parquet")
        .only("org.apache.hadoop.", "dataset.parquet")
        .only(
            "org.apache.kafka.",
            "topic",
            "provision",
            "doctor.facts",
            "platform",
            "generation",
            "evolution",
            "process",
            "export",
            "deadletter",
            "alert",
            "retrain",
            "dataset",
            "drift",
            "command",
            "demo")
        .check();
  }
}
