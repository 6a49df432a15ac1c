package dev.millrace.inference.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.inference.metrics.InferenceMetrics;
import dev.millrace.inference.rows.EventTimes;
import dev.millrace.inference.scoring.ChampionModel;
import dev.millrace.inference.topology.PaymentRecords.Answer;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ProcessNames;
import dev.millrace.schemas.streams.setup.StreamsDefaults;
import dev.millrace.schemas.testing.CounterSeries;
import dev.millrace.schemas.topics.Progress;
import dev.millrace.schemas.topics.Topics;
import dev.millrace.schemas.topics.WireHeaders;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
  private final CounterSeries atStart;
  private final EventTimes times = new EventTimes();
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
            new InferenceMetrics(pipeline, metrics),
            times);
    Properties settings =
        StreamsDefaults.of(
            ProcessNames.application(ProcessNames.INFERENCE, pipeline),
            pipeline,
            "nowhere:1",
            stateDir,
            1);
    InferenceSettings.addTo(settings, 0);
    driver = new TopologyTestDriver(InferenceTopology.build(inputs), settings, START);
    ByteArraySerializer write = new ByteArraySerializer();
    ByteArrayDeserializer read = new ByteArrayDeserializer();
    events = driver.createInputTopic(Topics.clean(pipeline, "payments"), write, write);
    predictions = driver.createOutputTopic(Topics.predictions(pipeline), read, read);
    deadLetters = driver.createOutputTopic(Topics.deadLetters(pipeline), read, read);
    atStart = CounterSeries.atStart(metrics);
  }

  /** The event times that the tasks set. */
  EventTimes times() {
    return times;
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

  /** How many calls of the shadow had no valid score; null: the counter does not exist. */
  @Nullable Double shadowRejections(String cause) {
    return metrics.getSampleValue(
        "millrace_inference_shadow_rejections_total",
        new String[] {"pipeline", "cause"},
        new String[] {pipeline.name(), cause});
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

  /** Progress of an arrival partition, as ingest writes it. */
  void progress(Progress progress) {
    RecordHeaders headers = new RecordHeaders();
    progress.write(headers);
    TestRecord<byte[], byte[]> record = record(progress.key(0), null, START);
    headers.forEach(record.headers()::add);
    events.pipeInput(record);
  }

  /** The complete vector of an event, with the features of its card only. */
  void vector(String id, String card, Duration time, long offset, double sum) {
    vector(id, card, time, offset, true, Map.of("card", answer(time, sum)));
  }

  void vector(
      String id,
      String card,
      Duration time,
      long offset,
      boolean complete,
      Map<String, Answer> answers) {
    rawVector(PaymentRecords.bytes(card), wire.vector(id, at(time), offset, complete, answers));
  }

  static Answer answer(Duration newest, double sum) {
    return new Answer(at(newest), 2, sum);
  }

  /** A vector with the time of writing as timestamp. */
  void rawVector(byte @Nullable [] key, byte[] value) {
    ByteArraySerializer write = new ByteArraySerializer();
    driver
        .createInputTopic(Topics.vectors(pipeline), write, write)
        .pipeInput(record(key, value, START));
  }

  /** A record of a topic between the tasks, without headers. */
  void raw(String topic, byte @Nullable [] key, byte[] value) {
    ByteArraySerializer write = new ByteArraySerializer();
    driver.createInputTopic(topic, write, write).pipeInput(record(key, value, START));
  }

  void rowWithoutKey(String view) {
    rows(view).pipeInput(new TestRecord<>(wire.row(view, "e", 1, 1, answer(Duration.ZERO, 1))));
  }

  private TestInputTopic<byte[], byte[]> rows(String view) {
    ByteArraySerializer write = new ByteArraySerializer();
    return driver.createInputTopic(Topics.features(pipeline, view), write, write);
  }

  /** A row that is as of the entity's newest event. */
  void row(String view, String entity, Duration newest, long sequence, double sum) {
    row(view, entity, newest, sequence, answer(newest, sum));
  }

  void row(String view, String entity, Duration asOf, long sequence, Answer answer) {
    rawRow(view, entity, wire.row(view, entity, at(asOf), sequence, answer), asOf);
  }

  /** A row or tombstone without headers. */
  void rawRow(String view, String entity, byte @Nullable [] value, Duration time) {
    rows(view)
        .pipeInput(record(PaymentRecords.bytes(entity), value, Instant.ofEpochMilli(at(time))));
  }

  /** A tombstone as features writes it, with its event time in a header. */
  void tombstone(String view, String entity, Duration time) {
    TestRecord<byte[], byte[]> record =
        record(PaymentRecords.bytes(entity), null, Instant.ofEpochMilli(at(time)));
    String millis = String.valueOf(at(time));
    record.headers().add(WireHeaders.EVENT_TIME, PaymentRecords.bytes(millis));
    rows(view).pipeInput(record);
  }

  @SuppressWarnings("NullAway") // Kafka accepts null, but is not annotated.
  private static TestRecord<byte[], byte[]> record(
      byte @Nullable [] key, byte @Nullable [] value, Instant time) {
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

  /** The next record of the predictions topic, which is progress; without its time of writing. */
  Progress forwardedProgress() {
    TestRecord<byte[], byte[]> record = predictionRecord();
    assertThat(Progress.isProgress(record.value(), record.headers())).isTrue();
    assertThat(Progress.partitionOf(record.key())).hasValue(0);
    Progress progress = Objects.requireNonNull(Progress.read(record.headers()));
    return new Progress(
        progress.arrival(), progress.arrivals(), progress.timeMillis(), progress.idle(), 0);
  }

  boolean hasPrediction() {
    return !predictions.isEmpty();
  }

  /** Asserts that the predictions topic has no further record. */
  void noPrediction() {
    assertThat(predictions.isEmpty()).as("there is no prediction").isTrue();
  }

  TestRecord<byte[], byte[]> deadLetter() {
    return deadLetters.readRecord();
  }

  /** Asserts that the stores of waiting events and early vectors are empty. */
  void nothingKept() {
    pass(ScoringProcessor.CLEAN_UP);
    assertThat(kept(NodeName.PENDING_EVENTS)).isEmpty();
    assertThat(keptVectors()).isEmpty();
  }

  /** The early vectors. */
  List<KeyValue<Bytes, byte[]>> keptVectors() {
    return kept(NodeName.earlyVectors(pipeline));
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
    atStart.assertComplete();
    driver.close();
  }

  static GenericRecord record(GenericRecord record, String... path) {
    GenericRecord at = record;
    for (String field : path) {
      at = (GenericRecord) at.get(field);
    }
    return at;
  }

  static String waitResult(GenericRecord prediction) {
    return record(prediction, "vector").get("wait").toString();
  }

  static boolean complete(GenericRecord prediction) {
    return (boolean) record(prediction, "vector").get("complete");
  }

  /** The value of the input from the card's features; null: missing. */
  static @Nullable Object cardSum(GenericRecord prediction) {
    return record(prediction, "inputs", "card_amount_sum_1h").get("value");
  }

  /** As {@code value/status/age}. */
  static String input(GenericRecord prediction, String name) {
    GenericRecord input = record(prediction, "inputs", name);
    return input.get("value") + "/" + input.get("status") + "/" + input.get("age_millis");
  }
}
