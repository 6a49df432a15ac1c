package dev.millrace.drift.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.profile.ModelReference;
import dev.millrace.schemas.avro.DriftTest;
import dev.millrace.schemas.avro.FeatureDrift;
import dev.millrace.schemas.avro.RetrainingCause;
import dev.millrace.schemas.avro.Verdict;
import dev.millrace.schemas.avro.WindowEvidence;
import dev.millrace.schemas.pipeline.Cause;
import dev.millrace.schemas.pipeline.Retrain;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which drifted windows request retraining again. */
class RetrainingPolicyTest {
  private static final TriggeredDrift AMOUNT = new TriggeredDrift(1, Map.of("amount", 0.3));

  private final RetrainingPolicy policy =
      new RetrainingPolicy(
          ModelReference.none("payments", "fraud", "0123456789ab"),
          new Retrain(Set.of(Cause.DATA), Duration.ZERO, 0),
          3,
          Duration.ZERO,
          "outcomes",
          "clean");

  /** Benjamini-Hochberg names features that differ by chance: in a long episode, each at a time. */
  @Test
  void aFeatureThatAnAlarmOnlyNamesIsNoEvidence() {
    WindowEvidence named =
        window(feature("amount", Verdict.DRIFT), feature("channel", Verdict.WARNING));
    assertThat(policy.evidence(List.of(), named, AMOUNT)).isEmpty();

    WindowEvidence drifted =
        window(feature("amount", Verdict.DRIFT), feature("channel", Verdict.DRIFT));
    assertThat(policy.evidence(List.of(), drifted, AMOUNT)).containsExactly(drifted);
  }

  private static WindowEvidence window(FeatureDrift... features) {
    return WindowEvidence.newBuilder()
        .setReport("payments/fraud/0123456789ab/1970-01-01T00:00:00Z")
        .setWindowStart(Instant.EPOCH)
        .setWindowEnd(Instant.ofEpochMilli(1_000))
        .setFeatures(List.of(features))
        .setCause(RetrainingCause.DATA)
        .build();
  }

  private static FeatureDrift feature(String name, Verdict verdict) {
    return FeatureDrift.newBuilder()
        .setFeature(name)
        .setTest(DriftTest.KOLMOGOROV_SMIRNOV)
        .setStatistic(0.3)
        .setPValue(1e-6)
        .setPsi(0.3)
        .setJensenShannon(0.3)
        .setN(1_000)
        .setReferenceN(1_000)
        .setNulls(0)
        .setInvalid(0)
        .setVerdict(verdict)
        .build();
  }
}
