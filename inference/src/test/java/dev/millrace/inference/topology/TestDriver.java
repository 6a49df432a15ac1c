package dev.millrace.inference.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.inference.metrics.InferenceMetrics;
import dev.millrace.inference.scoring.ChampionModel;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.streams.setup.StreamsDefaults;
import dev.millrace.schemas.topics.Topics;
import dev.millrace.schemas.topics.WireHeaders;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/** The topology in a driver, with methods for its records. Times are relative to {@link #START}. */
final class TestDriver implements AutoCloseable {
  static final Instant START = Instant.parse("2026-01-05T12:00:00Z");

  private final CollectorRegistry metrics = new CollectorRegistry();
  private final Pipeline pipeline;
  private final PaymentRecords wire;
  private final TopologyTestDriver driver;
  private final TestInputTopic<byte[], byte[]> events;
  private final TestOutputTopic<byte[], byte[]> predictions;
  private final TestOutputTopic<byte[], byte[]> deadLetters;

  TestDriver(Pipeline pipeline, @Nullable ChampionModel champion, Path stateDir) {
    this.pipeline = pipeline;
    this.wire = new PaymentRecords(pipeline);
    TopologyInputs inputs =
        new TopologyInputs(
            pipeline,
            champion,
            Codecs.register(pipeline, wire.registry, wire.registry),
            new InferenceMetrics(pipeline, metrics));
    Properties settings =
        StreamsDefaults.of(
            StreamsDefaults.applicationId("inference", pipeline),
            pipeline,
            "nowhere:1",
            stateDir,
            1);
    InferenceSettings.addTo(settings);
    driver = new TopologyTestDriver(InferenceTopology.build(inputs), settings, START);
    ByteArraySerializer write = new ByteArraySerializer();
    ByteArrayDeserializer read = new ByteArrayDeserializer();
    events = driver.createInputTopic(Topics.clean(pipeline, "payments"), write, write);
    predictions = driver.createOutputTopic(Topics.predictions(pipeline), read, read);
    deadLetters = driver.createOutputTopic(Topics.deadLetters(pipeline), read, read);
  }

  /** The value of a metric without further labels. */
  double metric(String name) {
    return metrics.getSampleValue(
        "millrace_inference_" + name, new String[] {"pipeline"}, new String[] {pipeline.name()});
  }

  /** How many rows of a view were skipped; null: none. */
  @Nullable Double skippedRows(String view, String code) {
    return metrics.getSampleValue(
        "millrace_inference_skipped_rows_total",
        new String[] {"pipeline", "view", "code"},
        new String[] {pipeline.name(), view, code});
  }

  static long at(Duration since) {
    return START.toEpochMilli() + since.toMillis();
  }

  void event(String id, String card, @Nullable String merchant, Duration time, double amount) {
    long millis = at(time);
    RecordHeaders headers = new RecordHeaders();
    headers.add(
        WireHeaders.PUBLISHED, PaymentRecords.bytes(String.valueOf(START.toEpochMilli() - 40)));
    byte[] value = wire.event(id, card, merchant, millis, amount);
    events.pipeInput(
        new TestRecord<>(PaymentRecords.bytes(card), value, headers, Instant.ofEpochMilli(millis)));
  }

  void event(String id, String card, Duration time) {
    event(id, card, null, time, 1);
  }

  void rawEvent(String key, byte[] value) {
    events.pipeInput(new TestRecord<>(PaymentRecords.bytes(key), value, START));
  }

  /** An event at the start with a header. */
  void event(String id, String card, String header, String text) {
    RecordHeaders headers = new RecordHeaders();
    headers.add(header, PaymentRecords.bytes(text));
    byte[] value = wire.event(id, card, null, START.toEpochMilli(), 1);
    events.pipeInput(new TestRecord<>(PaymentRecords.bytes(card), value, headers, START));
  }

  /** A row of a late event, as features writes it. */
  void lateRow(String view, String entity, String id, long offset, double sum) {
    RecordHeaders headers = new RecordHeaders();
    headers.add(WireHeaders.LATE, PaymentRecords.bytes("true"));
    byte[] value = wire.row(view, entity, id, START.toEpochMilli(), offset, 1, sum);
    rows(view).pipeInput(new TestRecord<>(PaymentRecords.bytes(entity), value, headers, START));
  }

  void rowWithoutKey(String view) {
    byte[] value = wire.row(view, "e", "p", START.toEpochMilli(), 1, 1, 1);
    rows(view).pipeInput(new TestRecord<>(value));
  }

  private TestInputTopic<byte[], byte[]> rows(String view) {
    ByteArraySerializer write = new ByteArraySerializer();
    return driver.createInputTopic(Topics.features(pipeline, view), write, write);
  }

  void row(String view, String entity, String id, Duration time, long offset, double sum) {
    rawRow(view, entity, wire.row(view, entity, id, at(time), offset, offset + 1, sum), time);
  }

  void rawRow(String view, String entity, byte @Nullable [] value, Duration time) {
    rows(view)
        .pipeInput(tombstone(PaymentRecords.bytes(entity), value, Instant.ofEpochMilli(at(time))));
  }

  /** A tombstone as features writes it, with its event time in a header. */
  void tombstone(String view, String entity, Duration time) {
    TestRecord<byte[], byte[]> record =
        tombstone(PaymentRecords.bytes(entity), null, Instant.ofEpochMilli(at(time)));
    String millis = String.valueOf(at(time));
    record.headers().add(WireHeaders.EVENT_TIME, PaymentRecords.bytes(millis));
    rows(view).pipeInput(record);
  }

  @SuppressWarnings("NullAway") // Kafka accepts a null value, but is not annotated.
  private static TestRecord<byte[], byte[]> tombstone(
      byte[] key, byte @Nullable [] value, Instant time) {
    return new TestRecord<>(key, value, time);
  }

  void pass(Duration time) {
    driver.advanceWallClockTime(time);
  }

  GenericRecord prediction() {
    return wire.prediction(predictionRecord().value());
  }

  TestRecord<byte[], byte[]> predictionRecord() {
    assertThat(predictions.isEmpty()).as("no prediction yet").isFalse();
    return predictions.readRecord();
  }

  void noPrediction() {
    assertThat(predictions.isEmpty()).as("there is no prediction").isTrue();
  }

  TestRecord<byte[], byte[]> deadLetter() {
    return deadLetters.readRecord();
  }

  /** Asserts that the stores of waiting events and rows are empty. */
  void nothingKept() {
    pass(ScoringProcessor.CLEAN_UP);
    assertThat(kept(NodeName.PENDING_EVENTS)).isEmpty();
    assertThat(kept(NodeName.AWAITED_ROWS)).isEmpty();
  }

  List<KeyValue<Bytes, byte[]>> kept(String store) {
    KeyValueStore<Bytes, byte[]> kept = driver.getKeyValueStore(store);
    try (var entries = kept.all()) {
      List<KeyValue<Bytes, byte[]>> left = new ArrayList<>();
      entries.forEachRemaining(left::add);
      return left;
    }
  }

  @Override
  public void close() {
    driver.close();
  }

  static GenericRecord record(GenericRecord record, String... path) {
    GenericRecord at = record;
    for (String field : path) {
      at = (GenericRecord) at.get(field);
    }
    return at;
  }

  static String waitResult(GenericRecord prediction, String view) {
    return record(prediction, "views", view).get("wait").toString();
  }

  static @Nullable Object usedRow(GenericRecord prediction, String view) {
    Object row = record(prediction, "views", view).get("row");
    return row == null ? null : ((GenericRecord) row).get("event_id");
  }

  /** As {@code value/status/age}. */
  static String input(GenericRecord prediction, String name) {
    GenericRecord input = record(prediction, "inputs", name);
    return input.get("value") + "/" + input.get("status") + "/" + input.get("age_millis");
  }
}
