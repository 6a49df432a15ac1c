package dev.millrace.inference;

import dev.millrace.schemas.testing.Architecture;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  @Test
  void packagesUseOnlyThoseBelowThem() {
    Architecture.of("dev.millrace.inference")
        .room("onnx")
        .room("metrics")
        .room("policy")
        .room("rows")
        .room("http", "rows")
        .room("waiting", "policy", "rows")
        .room("repartition", "policy", "rows", "waiting")
        .room("scoring", "onnx", "metrics", "rows", "waiting")
        .room("topology", "metrics", "policy", "rows", "waiting", "repartition", "scoring")
        .room("", "onnx", "metrics", "rows", "http", "scoring", "topology")
        .pure("policy", "dev.millrace.schemas.avro.WaitResult")
        .pure(
            "onnx",
            "ai.onnxruntime.",
            "com.fasterxml.jackson.databind.",
            "com.google.protobuf.",
            "dev.millrace.schemas.model.",
            "dev.millrace.schemas.pipeline.",
            "org.slf4j.")
        .only("ai.onnxruntime.", "onnx")
        .only("com.google.protobuf.", "onnx")
        .only("org.apache.kafka.streams.processor.api.", "topology")
        .only("io.prometheus.", "metrics", "")
        .only("org.apache.datasketches.", "metrics")
        .only("picocli.", "")
        .check();
  }
}
