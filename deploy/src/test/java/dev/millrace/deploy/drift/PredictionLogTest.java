package dev.millrace.deploy.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.deploy.process.PlatformException;
import dev.millrace.deploy.topic.TopicRange;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.topics.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PredictionLogTest {
  private static final String TOPIC = "millrace.shop.predictions";
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
  private static final Schema PREDICTION =
      SchemaBuilder.record("Prediction")
          .fields()
          .requiredLong("event_time")
          .requiredString("role")
          .requiredString("model_version")
          .endRecord();

  private final PredictionLog log =
      new PredictionLog(
          TOPIC, HOUR, List.of(new TopicRange(TOPIC, 0, 0, 9), new TopicRange(TOPIC, 1, 0, 9)));

  @Test
  void windowsAreCompleteUpToTheSlowestPartition() {
    prediction(10, "CHAMPION", "a");
    progress(0, 200);
    progress(1, 150);

    assertThat(log.complete()).isEqualTo(new Period(START, START.plus(HOUR.multipliedBy(2))));
    assertThat(log.reached()).isEqualTo(START.plus(Duration.ofMinutes(150)));
  }

  @Test
  void aPartitionWithoutProgressIsNamed() {
    prediction(10, "CHAMPION", "a");
    progress(0, 200);

    assertThatThrownBy(log::complete)
        .isInstanceOf(PlatformException.class)
        .hasMessageContaining("topic millrace.shop.predictions, partitions [1]: no progress");
  }

  @Test
  void aLogWithoutACompleteWindowSaysHowFarItIs() {
    prediction(10, "CHAMPION", "a");
    progress(0, 50);
    progress(1, 50);

    assertThatThrownBy(log::complete)
        .hasMessageContaining("has no complete window yet")
        .hasMessageContaining("begin at 2026-03-01T00:10:00Z")
        .hasMessageContaining("complete up to 2026-03-01T00:50:00Z");
  }

  @Test
  void anEmptyLogHasNoPredictions() {
    prediction(10, "SHADOW", "b");
    progress(0, 200);
    progress(1, 200);

    assertThatThrownBy(log::complete).hasMessageContaining("no predictions of a champion");
  }

  @Test
  void versionsAreThoseOfTheChampionInThePeriod() {
    prediction(10, "CHAMPION", "a");
    prediction(70, "CHAMPION", "a");
    prediction(71, "CHAMPION", "b");
    prediction(72, "SHADOW", "c");
    prediction(130, "CHAMPION", "d");

    assertThat(log.versions(new Period(START.plus(HOUR), START.plus(HOUR.multipliedBy(2)))))
        .isEqualTo(Map.of("a", 1L, "b", 1L));
  }

  @Test
  void periodsAreWidenedToWholeWindows() {
    Period period =
        new Period(START.plus(Duration.ofMinutes(30)), START.plus(Duration.ofMinutes(61)));

    assertThat(period.widened(HOUR))
        .isEqualTo(new Period(START, START.plus(HOUR.multipliedBy(2))))
        .isEqualTo(period.widened(HOUR).widened(HOUR));
  }

  private void prediction(int minutes, String role, String version) {
    GenericRecord prediction =
        new GenericRecordBuilder(PREDICTION)
            .set("event_time", START.plus(Duration.ofMinutes(minutes)).toEpochMilli())
            .set("role", role)
            .set("model_version", version)
            .build();
    log.take(record(0, new byte[] {0}), new Decoded.Value(prediction), unused -> {});
  }

  private void progress(int partition, int minutes) {
    ConsumerRecord<byte[], byte[]> record = record(partition, null);
    Progress.ofOne(START.plus(Duration.ofMinutes(minutes)).toEpochMilli(), false, 0)
        .write(record.headers());
    log.take(record, null, unused -> {});
  }

  private static ConsumerRecord<byte[], byte[]> record(int partition, byte @Nullable [] value) {
    return new ConsumerRecord<>(TOPIC, partition, 1, new byte[0], value);
  }
}
