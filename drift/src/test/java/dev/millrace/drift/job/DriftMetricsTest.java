package dev.millrace.drift.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.Shop;
import dev.millrace.drift.ShopReferences;
import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.profile.ModelReference;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.AlertStatus;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.DriftState;
import dev.millrace.schemas.avro.DriftTest;
import dev.millrace.schemas.avro.FeatureDrift;
import dev.millrace.schemas.avro.Retraining;
import dev.millrace.schemas.avro.RetrainingCause;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.avro.TrainingData;
import dev.millrace.schemas.avro.Verdict;
import dev.millrace.schemas.testing.WireNames;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // Closing a harness does not wait.
class DriftMetricsTest {
  private static final ModelReference REFERENCE = ShopReferences.referenceSet();
  private static final String MODEL = "{pipeline=\"shop\",model_version=\"" + Shop.VERSION + "\"";
  private static final Instant START = Instant.parse("2026-03-02T00:00:00Z");

  private RecordedMetrics metrics = new RecordedMetrics();

  @Test
  void alarmsAndStatesOfEveryCauseAreZeroAtTheStart() throws Exception {
    try (var harness = alerts(null)) {
      assertThat(harness.getOutput()).isEmpty();
      assertThat(metrics.names()).hasSize(2 * Cause.values().length);
      for (Cause cause : Cause.values()) {
        assertThat(alarms(cause)).isZero();
        assertThat(state(cause)).isZero();
      }
    }
  }

  @Test
  void anEpisodeIsOneAlarmOfItsCause() throws Exception {
    try (var harness = alerts(null)) {
      harness.processElement(alert(Cause.DATA, 1, AlertStatus.FIRING), 0);
      harness.processElement(alert(Cause.CONCEPT, 1, AlertStatus.FIRING), 0);
      harness.processElement(alert(Cause.DATA, 1, AlertStatus.ACKNOWLEDGED), 0);
      assertThat(state(Cause.DATA)).isEqualTo(2);
      assertThat(state(Cause.CONCEPT)).isEqualTo(1);
      assertThat(state(Cause.QUALITY)).isZero();

      harness.processElement(alert(Cause.DATA, 1, AlertStatus.RESOLVED), 0);
      assertThat(state(Cause.DATA)).isZero();
      harness.processElement(alert(Cause.DATA, 2, AlertStatus.FIRING), 0);
      assertThat(alarms(Cause.DATA)).isEqualTo(2);
      assertThat(alarms(Cause.CONCEPT)).isEqualTo(1);
      assertThat(harness.extractOutputValues()).hasSize(5);
    }
  }

  @Test
  void aRestartKeepsStatesAndCountsNoAlarmTwice() throws Exception {
    OperatorSubtaskState state;
    try (var harness = alerts(null)) {
      harness.processElement(alert(Cause.DATA, 1, AlertStatus.FIRING), 0);
      harness.processElement(alert(Cause.QUALITY, 3, AlertStatus.ACKNOWLEDGED), 0);
      state = harness.snapshot(1, 1);
    }
    metrics = new RecordedMetrics();
    try (var harness = alerts(state)) {
      assertThat(state(Cause.DATA)).isEqualTo(1);
      assertThat(state(Cause.QUALITY)).isEqualTo(2);
      // The monitor sends the last alert of each cause again after a restart.
      harness.processElement(alert(Cause.DATA, 1, AlertStatus.FIRING), 0);
      assertThat(alarms(Cause.DATA)).isZero();
      harness.processElement(alert(Cause.DATA, 2, AlertStatus.FIRING), 0);
      assertThat(alarms(Cause.DATA)).isEqualTo(1);
    }
  }

  @Test
  void triggersAreCountedByCause() throws Exception {
    try (var harness = open(new TriggerMetrics(REFERENCE), RetrainingTrigger.class, null)) {
      assertThat(metrics.names()).hasSize(RetrainingCause.values().length);
      assertThat(metrics.value("triggers_total" + MODEL + ",cause=\"data\"}")).isZero();
      harness.processElement(trigger(RetrainingCause.CONCEPT), 0);
      assertThat(metrics.value("triggers_total" + MODEL + ",cause=\"concept\"}")).isEqualTo(1);
      assertThat(metrics.value("triggers_total" + MODEL + ",cause=\"data\"}")).isZero();
      assertThat(harness.extractOutputValues()).hasSize(1);
    }
  }

  @Test
  void theNewestWindowIsShownByFeature() throws Exception {
    String amount = MODEL + ",feature=\"amount\"}";
    try (var harness = open(new ReportMetrics(REFERENCE), DriftReport.class, null)) {
      int registered = metrics.names().size();
      assertThat(metrics.value("feature_p_value" + amount)).isNaN();
      assertThat(metrics.value("window_state" + MODEL + ",state=\"DRIFT\"}")).isZero();
      assertThat(metrics.value("windows_total" + MODEL + "}")).isZero();

      DriftReport report = report("", feature("amount", 1e-9, 0.3), feature("amount", 0.2, 0.1));
      harness.processElement(report, 0);
      assertThat(metrics.value("feature_p_value" + amount)).isEqualTo(1e-9);
      assertThat(metrics.value("feature_effect" + amount)).isEqualTo(0.3);
      assertThat(metrics.value("window_state" + MODEL + ",state=\"DRIFT\"}")).isEqualTo(1);
      assertThat(metrics.value("window_state" + MODEL + ",state=\"OK\"}")).isZero();
      assertThat(metrics.value("window_samples" + MODEL + "}")).isEqualTo(412);
      assertThat(metrics.value("window_end_timestamp_seconds" + MODEL + "}"))
          .isEqualTo((double) START.plusSeconds(3_600).getEpochSecond());
      assertThat(metrics.value("window_alpha" + MODEL + "}")).isEqualTo(1e-5);
      assertThat(metrics.value("windows_total" + MODEL + "}")).isEqualTo(1);

      // Neither slices nor names that the reference does not have make further metrics.
      harness.processElement(report("shop=1", feature("amount", 0.5, 0.)), 0);
      harness.processElement(report("", feature("unknown", 0.5, 0.)), 0);
      assertThat(metrics.names()).hasSize(registered);
      assertThat(metrics.value("feature_p_value" + amount)).isEqualTo(1e-9);
      assertThat(metrics.value("windows_total" + MODEL + "}")).isEqualTo(2);
      assertThat(harness.extractOutputValues()).hasSize(3);
    }
  }

  @Test
  void causesAreThoseOnTheWire() throws IOException {
    List<String> listed = WireNames.first(Path.of("..", "schemas"), "Causes of alerts");
    assertThat(listed).isEqualTo(Stream.of(Cause.values()).map(Cause::key).toList());
  }

  private double alarms(Cause cause) {
    return metrics.value("alarms_total" + MODEL + ",cause=\"" + cause.key() + "\"}");
  }

  private double state(Cause cause) {
    return metrics.value("cause_state" + MODEL + ",cause=\"" + cause.key() + "\"}");
  }

  private OneInputStreamOperatorTestHarness<Alert, Alert> alerts(
      @Nullable OperatorSubtaskState state) throws Exception {
    return open(new AlertMetrics(REFERENCE), Alert.class, state);
  }

  private <T extends SpecificRecord> OneInputStreamOperatorTestHarness<T, T> open(
      OneInputStreamOperator<T, T> operator, Class<T> type, @Nullable OperatorSubtaskState state)
      throws Exception {
    TypeSerializer<T> serializer =
        TypeInformation.of(type).createSerializer(new SerializerConfigImpl());
    var harness = new OneInputStreamOperatorTestHarness<T, T>(operator, metrics.environment());
    harness.setup(serializer);
    if (state != null) {
      harness.initializeState(state);
    }
    harness.open();
    return harness;
  }

  private static Alert alert(Cause cause, int episode, AlertStatus status) {
    return Alert.newBuilder()
        .setKey("shop/refund/" + cause.key())
        .setId(cause.key() + "/" + episode + "/" + status)
        .setStatus(status)
        .setMessage("")
        .setPipeline("shop")
        .setModel("refund")
        .setModelVersion(Shop.VERSION)
        .setEpisode(episode)
        .setSince(START)
        .setAt(START)
        .setPublishedAt(START)
        .setFeatures(List.of())
        .setEvidence(List.of())
        .setReport("")
        .setCause(cause.key())
        .build();
  }

  private static RetrainingTrigger trigger(RetrainingCause cause) {
    return RetrainingTrigger.newBuilder()
        .setId("id")
        .setPipeline("shop")
        .setModel("refund")
        .setModelVersion(Shop.VERSION)
        .setReferenceDigest("")
        .setCause(cause)
        .setEpisode(1)
        .setMessage("")
        .setAt(START)
        .setPublishedAt(START)
        .setEvidence(List.of())
        .setData(new TrainingData("", START, START, "", List.of(), 0L, 0L, 0, START, 0L))
        .build();
  }

  private static FeatureDrift feature(String name, double p, double effect) {
    return FeatureDrift.newBuilder()
        .setFeature(name)
        .setTest(DriftTest.KOLMOGOROV_SMIRNOV)
        .setStatistic(0.3)
        .setPValue(p)
        .setPsi(0)
        .setJensenShannon(effect)
        .setN(412)
        .setReferenceN(1_000)
        .setNulls(0)
        .setInvalid(0)
        .setVerdict(Verdict.OK)
        .build();
  }

  private static DriftReport report(String slice, FeatureDrift... features) {
    return DriftReport.newBuilder()
        .setId("id")
        .setPipeline("shop")
        .setModel("refund")
        .setModelVersion(Shop.VERSION)
        .setReferenceDigest("")
        .setWindowStart(START)
        .setWindowEnd(START.plusSeconds(3_600))
        .setState(DriftState.DRIFT)
        .setVerdict(Verdict.DRIFT)
        .setSamples(412)
        .setLate(0)
        .setAlpha(1e-5)
        .setMinEffect(0.02)
        .setMinSamples(30)
        .setFeatures(List.of(features))
        .setOffsets(List.of())
        .setRetraining(Retraining.NOT_NEEDED)
        .setSlice(slice)
        .build();
  }
}
