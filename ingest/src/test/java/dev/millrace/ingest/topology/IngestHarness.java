package dev.millrace.ingest.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.codec.SchemaLookups;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.registry.InMemoryRegistry;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.streams.setup.StreamsDefaults;
import dev.millrace.schemas.testing.CounterSeries;
import dev.millrace.schemas.topics.Progress;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Properties;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/** The topology of {@link ShopPayments} with byte input and all its output topics. */
final class IngestHarness implements AutoCloseable {
  final InMemoryRegistry registry = new InMemoryRegistry();
  final CollectorRegistry counters = new CollectorRegistry();
  final int schemaId = registry.register(ShopPayments.TOPIC + "-value", ShopPayments.SCHEMA);

  private final Path stateDir;
  private final CounterSeries atStart;
  private final AvroEncoder encoder = new AvroEncoder(schemaId, ShopPayments.SCHEMA);
  private final TopologyTestDriver driver;
  private final TestInputTopic<byte[], byte[]> input;
  private Instant now = ShopPayments.NOON;

  IngestHarness(Pipeline pipeline) {
    this(pipeline, null);
  }

  /**
   * @param substitute the registry of the topology; null for the one of the harness
   */
  IngestHarness(Pipeline pipeline, @Nullable Registry substitute) {
    InstantSource clock = () -> now;
    try {
      stateDir = Files.createTempDirectory("ingest");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Properties settings = settings(pipeline, stateDir);
    driver =
        new TopologyTestDriver(
            IngestTopology.build(
                pipeline,
                IngestTopology.register(pipeline, registry),
                new SchemaLookups(
                    substitute == null ? registry : substitute,
                    Runnable::run,
                    () -> Duration.between(Instant.EPOCH, now).toNanos(),
                    Duration.ZERO),
                new FakeArrivals(),
                clock,
                new IngestMetrics(pipeline, counters)),
            settings,
            ShopPayments.NOON);
    input =
        driver.createInputTopic(
            ShopPayments.TOPIC, new ByteArraySerializer(), new ByteArraySerializer());
    atStart = CounterSeries.atStart(counters);
  }

  /** The settings of Kafka Streams, as the service has them. */
  static Properties settings(Pipeline pipeline, Path stateDir) {
    Properties settings =
        StreamsDefaults.of(
            StreamsSettings.applicationId(pipeline), pipeline, "unused:1", stateDir, 1);
    StreamsSettings.configure(settings);
    return settings;
  }

  void advance(Duration duration) {
    now = now.plus(duration);
    driver.advanceWallClockTime(duration);
  }

  /** Advances the time by 60 retry intervals, so that pending look-ups end. */
  void letLookupsEnd() {
    for (int tick = 0; tick < 60; tick++) {
      advance(DecodingProcessor.RETRY_INTERVAL);
    }
  }

  /** The number of parked records, from the metric. */
  double parked() {
    Double count =
        counters.getSampleValue(
            "millrace_ingest_parked_records",
            new String[] {"pipeline", "source"},
            new String[] {"shop", "payments"});
    return count == null ? 0 : count;
  }

  long storedParkedRecords() {
    try (KeyValueIterator<Long, byte[]> all =
        driver.<Long, byte[]>getKeyValueStore("payments-parked").all()) {
      long count = 0;
      for (; all.hasNext(); all.next()) {
        count++;
      }
      return count;
    }
  }

  void send(GenericRecord payment) {
    send(encoder.encode(payment));
  }

  void send(byte @Nullable [] value) {
    send(null, value, new RecordHeaders());
  }

  void send(byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
    input.pipeInput(new TestRecord<>(key, value, headers, now));
  }

  byte[] encode(GenericRecord payment) {
    return encoder.encode(payment);
  }

  /** The records of a topic that were not read yet, without progress records. */
  List<TestRecord<byte[], byte[]>> read(String topic) {
    return readAll(topic).stream()
        .filter(record -> !Progress.isProgress(record.value(), record.headers()))
        .toList();
  }

  List<TestRecord<byte[], byte[]>> readAll(String topic) {
    return driver
        .createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer())
        .readRecordsToList();
  }

  /** The ids in the clean or the late topic that were not read yet, in order. */
  List<String> ids(String topic) {
    return read(topic).stream().map(record -> event(record).get("payment_id").toString()).toList();
  }

  /** An event of the clean or the late topic, decoded as by any consumer. */
  GenericRecord event(TestRecord<byte[], byte[]> record) {
    AvroDecoder decoder = new AvroDecoder(registry, ShopPayments.CLEAN, ShopPayments.SCHEMA);
    if (decoder.decode(record.value()) instanceof Decoded.Value decoded) {
      return decoded.record();
    }
    throw new AssertionError("not a clean event: " + decoder.decode(record.value()));
  }

  double count(IngestResult result, String code) {
    Double count =
        counters.getSampleValue(
            "millrace_ingest_events_total",
            new String[] {"pipeline", "source", "result", "code"},
            new String[] {"shop", "payments", result.label(), code});
    return count == null ? 0 : count;
  }

  static @Nullable String header(TestRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? null : new String(header.value(), UTF_8);
  }

  @Override
  public void close() {
    atStart.assertComplete("millrace_ingest_dead_letters_by_producer_total");
    driver.close();
    try {
      Utils.delete(stateDir.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
