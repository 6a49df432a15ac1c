package dev.millrace.deploy.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.deploy.demo.Auditor;
import dev.millrace.deploy.demo.Ledger;
import dev.millrace.deploy.platform.LocalPlatform;
import dev.millrace.deploy.platform.Part;
import dev.millrace.deploy.topic.TopicReader;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.topics.PipelineSchemas;
import dev.millrace.schemas.topics.Topics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A running loop, seen from outside: what producers, consumers and operators see. */
final class Loop implements AutoCloseable {
  /** Many times what anything takes, for machines that do much else. */
  static final Duration PATIENCE = Duration.ofMinutes(3);

  private final LocalPlatform platform;
  private final Path pipelineFile;
  private final Pipeline pipeline;
  private final Registry registry;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Admin admin;
  private final HttpClient http = HttpClient.newHttpClient();
  private final AvroDecoder predictions;

  private Loop(LocalPlatform platform, Path pipelineFile) {
    this.platform = platform;
    this.pipelineFile = pipelineFile;
    this.pipeline = PipelineFile.load(pipelineFile);
    this.registry = Registry.http(platform.endpoints().registryUrl());
    Map<String, Object> brokers =
        Map.of("bootstrap.servers", platform.endpoints().bootstrapServers());
    Map<String, Object> settings = new HashMap<>(brokers);
    // A producer that waits out any outage that a test makes.
    settings.put("max.block.ms", (int) PATIENCE.multipliedBy(2).toMillis());
    settings.put("delivery.timeout.ms", (int) PATIENCE.multipliedBy(2).toMillis());
    this.producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    this.admin = Admin.create(brokers);
    this.predictions = decoder(Topics.predictions(pipeline), PipelineSchemas.prediction(pipeline));
  }

  static Loop start(Path workDir, Path pipelineFile) throws InterruptedException {
    LocalPlatform platform = E2e.start(workDir, pipelineFile);
    return new Loop(platform, pipelineFile);
  }

  LocalPlatform platform() {
    return platform;
  }

  Path pipelineFile() {
    return pipelineFile;
  }

  Pipeline pipeline() {
    return pipeline;
  }

  Registry registry() {
    return registry;
  }

  /** Publishes a record and waits for the broker's word. */
  RecordMetadata send(ProducerRecord<byte[], byte[]> record) throws InterruptedException {
    try {
      return producer.send(record).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Publishes records, and says where they stand. */
  List<RecordMetadata> sendAll(List<ProducerRecord<byte[], byte[]>> records)
      throws InterruptedException {
    List<RecordMetadata> sent = new ArrayList<>();
    for (ProducerRecord<byte[], byte[]> record : records) {
      sent.add(send(record));
    }
    return sent;
  }

  /** Publishes a record, for {@link #flush} to wait for. */
  void sendLater(ProducerRecord<byte[], byte[]> record) {
    var unused = producer.send(record);
  }

  void flush() {
    producer.flush();
  }

  /** Every committed record of a topic. */
  List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    TopicReader.read(platform.endpoints().bootstrapServers(), List.of(topic), records::add);
    return records;
  }

  AvroDecoder decoder(String topic, org.apache.avro.Schema schema) {
    return new AvroDecoder(registry, topic, schema);
  }

  static GenericRecord decode(AvroDecoder decoder, ConsumerRecord<byte[], byte[]> record) {
    if (decoder.decode(record.value()) instanceof Decoded.Value value) {
      return value.record();
    }
    throw new AssertionError("%s cannot be read".formatted(record));
  }

  /** Every committed prediction. Asks the registry only the first time. */
  List<GenericRecord> predictions() {
    List<GenericRecord> all = new ArrayList<>();
    forEachPrediction(all::add);
    return all;
  }

  /** Every committed prediction, where memory could not hold them all. */
  void forEachPrediction(Consumer<GenericRecord> action) {
    TopicReader.read(
        platform.endpoints().bootstrapServers(),
        List.of(Topics.predictions(pipeline)),
        record -> action.accept(decode(predictions, record)));
  }

  /** The prediction of an event. */
  GenericRecord awaitPrediction(String id) throws InterruptedException {
    return E2e.await(
        "prediction of " + id,
        PATIENCE,
        () ->
            predictions().stream()
                .filter(prediction -> prediction.get("event_id").equals(id))
                .findFirst()
                .orElse(null));
  }

  List<ConsumerRecord<byte[], byte[]>> deadLetters() {
    return read(Topics.deadLetters(pipeline));
  }

  /** The dead letter of a record of the producers' topic. */
  ConsumerRecord<byte[], byte[]> awaitDeadLetter(RecordMetadata of) throws InterruptedException {
    return E2e.await(
        "dead letter of " + of,
        PATIENCE,
        () ->
            deadLetters().stream()
                .filter(
                    letter ->
                        header(letter, "__streams.errors.topic").equals(of.topic())
                            && header(letter, "__streams.errors.partition")
                                .equals(String.valueOf(of.partition()))
                            && header(letter, "__streams.errors.offset")
                                .equals(String.valueOf(of.offset())))
                .findFirst()
                .orElse(null));
  }

  /** The text of a header, empty where there is none. */
  static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), UTF_8);
  }

  /** Audits the scored source, again until nothing is lost or patience ends. */
  Ledger.Audit awaitNothingLost() throws InterruptedException {
    return awaitNothingLost(PATIENCE);
  }

  Ledger.Audit awaitNothingLost(Duration atMost) throws InterruptedException {
    Auditor auditor = new Auditor(platform.endpoints().bootstrapServers(), registry, pipeline);
    return E2e.awaitNothingLost(auditor, atMost);
  }

  /** How many records of the scored source's topic ingest has yet to commit. */
  long lag() {
    try {
      Map<TopicPartition, OffsetAndMetadata> committed =
          admin
              .listConsumerGroupOffsets("millrace." + pipeline.name() + ".ingest")
              .partitionsToOffsetAndMetadata()
              .get();
      long lag = 0;
      for (int partition = 0; partition < pipeline.partitions(); partition++) {
        TopicPartition topic = new TopicPartition(pipeline.scored().topic(), partition);
        long end =
            admin
                .listOffsets(Map.of(topic, OffsetSpec.latest()))
                .partitionResult(topic)
                .get()
                .offset();
        OffsetAndMetadata read = committed.get(topic);
        lag += end - (read == null ? 0 : read.offset());
      }
      return lag;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  void awaitNoLag() throws InterruptedException {
    E2e.await("no lag of ingest", PATIENCE, () -> lag() == 0 ? 0 : null);
  }

  /** A part's answer on its operations port. */
  HttpResponse<String> get(Part part, String path) {
    URI uri = platform.endpoints().ops(part).resolve(path);
    try {
      return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IllegalStateException("GET " + uri, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Sum of a part's samples whose line has all these fragments. */
  double metric(Part part, String... fragments) {
    return get(part, "/metrics")
        .body()
        .lines()
        .filter(line -> !line.startsWith("#"))
        .filter(line -> Stream.of(fragments).allMatch(line::contains))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  @Override
  public void close() {
    producer.close();
    admin.close();
    platform.close();
  }
}
