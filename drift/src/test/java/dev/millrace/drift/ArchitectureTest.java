package dev.millrace.drift;

import dev.millrace.schemas.testing.Architecture;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final String[] RECORDS = {
    "dev.millrace.schemas.avro.",
    "dev.millrace.schemas.expression.",
    "dev.millrace.schemas.pipeline.",
    "org.apache.avro."
  };

  @Test
  void packagesFollowTheFlowAndPolicyIsPure() {
    Architecture.of("dev.millrace.drift")
        .room("labels")
        .room("profile")
        .room("window", "profile")
        .room("calibration")
        .room("coverage", "calibration", "labels", "window")
        .room("sequence")
        .room("detect", "calibration", "profile", "sequence")
        .room("quality", "calibration", "sequence")
        .room("policy", "calibration", "coverage", "detect", "profile", "quality", "window")
        .room("training", "detect", "policy", "profile", "quality")
        .room(
            "job",
            "calibration",
            "coverage",
            "detect",
            "labels",
            "policy",
            "profile",
            "quality",
            "window")
        .room("", "job", "training")
        .pure("labels", RECORDS)
        .pure("profile", "dev.millrace.schemas.digest.")
        .pure("window", RECORDS)
        .pure("calibration", "org.apache.commons.numbers.")
        .pure("detect", "org.apache.commons.numbers.")
        .pure("coverage", "org.apache.commons.numbers.")
        .pure("sequence")
        .pure("policy", RECORDS)
        .pure(
            "quality",
            "dev.millrace.schemas.avro.",
            "dev.millrace.schemas.expression.",
            "dev.millrace.schemas.operation.",
            "dev.millrace.schemas.pipeline.",
            "org.apache.avro.",
            "org.apache.commons.numbers.")
        .only("org.apache.flink.", "job", "")
        .only("org.apache.kafka.", "job", "")
        .only("com.fasterxml.jackson.", "training")
        .only("de.siegmar.fastcsv.", "training")
        .only("picocli.", "training", "")
        .check();
  }
}
