package dev.millrace.deploy.e2e.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.deploy.audit.Ledger;
import dev.millrace.deploy.platform.Component;
import dev.millrace.deploy.platform.LocalPlatform;
import dev.millrace.deploy.topic.LedgerReader;
import dev.millrace.deploy.topic.TopicReader;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.topics.PipelineSchemas;
import dev.millrace.schemas.topics.Progress;
import dev.millrace.schemas.topics.ProgressTracker;
import dev.millrace.schemas.topics.Topics;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline that runs on a local platform, with the clients of producers, consumers and operators.
 */
public final class RunningPipeline implements AutoCloseable {
  /** Many times the usual duration of any wait, for machines under load. */
  public static final Duration TIMEOUT = Duration.ofMinutes(3);

  private final LocalPlatform platform;
  private final Path pipelineFile;
  private final Pipeline pipeline;
  private final Registry registry;
  private final KafkaProducer<byte[], byte[]> producer;
  private final OperatorClient operator;
  private final AvroDecoder predictions;

  private RunningPipeline(LocalPlatform platform, Path pipelineFile) {
    this.platform = platform;
    this.pipelineFile = pipelineFile;
    this.pipeline = PipelineFile.load(pipelineFile);
    this.registry = Registry.http(platform.endpoints().registryUrl());
    Map<String, Object> brokers =
        Map.of("bootstrap.servers", platform.endpoints().bootstrapServers());
    Map<String, Object> settings = new HashMap<>(brokers);
    // Longer than any outage of a test.
    settings.put("max.block.ms", (int) TIMEOUT.multipliedBy(2).toMillis());
    settings.put("delivery.timeout.ms", (int) TIMEOUT.multipliedBy(2).toMillis());
    this.producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    this.operator = new OperatorClient(platform.endpoints());
    this.predictions = decoder(Topics.predictions(pipeline), PipelineSchemas.prediction(pipeline));
  }

  public static RunningPipeline start(Path workDir, Path pipelineFile) throws InterruptedException {
    LocalPlatform platform = Packaged.start(workDir, pipelineFile);
    return new RunningPipeline(platform, pipelineFile);
  }

  public LocalPlatform platform() {
    return platform;
  }

  public Path pipelineFile() {
    return pipelineFile;
  }

  public Pipeline pipeline() {
    return pipeline;
  }

  public Registry registry() {
    return registry;
  }

  /** Publishes a record and waits for its acknowledgement. */
  public RecordMetadata send(ProducerRecord<byte[], byte[]> record) throws InterruptedException {
    try {
      return producer.send(record).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Publishes records and returns their positions. */
  public List<RecordMetadata> sendAll(List<ProducerRecord<byte[], byte[]>> records)
      throws InterruptedException {
    List<RecordMetadata> sent = new ArrayList<>();
    for (ProducerRecord<byte[], byte[]> record : records) {
      sent.add(send(record));
    }
    return sent;
  }

  /** Publishes a record without waiting; {@link #flush} waits for it. */
  public void sendLater(ProducerRecord<byte[], byte[]> record) {
    var unused = producer.send(record);
  }

  public void flush() {
    producer.flush();
  }

  /** Every committed record of a topic, but progress. */
  public List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    TopicReader.read(
        platform.endpoints().bootstrapServers(),
        List.of(topic),
        record -> {
          if (!Progress.isProgress(record.value(), record.headers())) {
            records.add(record);
          }
        });
    return records;
  }

  /** Waits until a topic is idle, and returns its progress: that of its slowest partition. */
  public long awaitProgress(String topic) {
    return Await.value("the end of " + topic, TIMEOUT, () -> idleProgress(topic));
  }

  /** The progress of a topic; null if a partition is not idle. */
  private @Nullable Long idleProgress(String topic) {
    Map<Integer, ProgressTracker> partitions = new HashMap<>();
    TopicReader.read(
        platform.endpoints().bootstrapServers(),
        List.of(topic),
        record -> {
          Progress read = Progress.read(record.headers());
          if (Progress.isProgress(record.value(), record.headers()) && read != null) {
            partitions
                .computeIfAbsent(record.partition(), none -> new ProgressTracker())
                .take(read);
          }
        });
    return partitions.size() < pipeline.partitions()
            || !partitions.values().stream().allMatch(ProgressTracker::idle)
        ? null
        : (Long)
            partitions.values().stream().mapToLong(ProgressTracker::timeMillis).min().orElseThrow();
  }

  public AvroDecoder decoder(String topic, org.apache.avro.Schema schema) {
    return new AvroDecoder(registry, topic, schema);
  }

  public static GenericRecord decode(AvroDecoder decoder, ConsumerRecord<byte[], byte[]> record) {
    if (decoder.decode(record.value()) instanceof Decoded.Value value) {
      return value.record();
    }
    throw new AssertionError("%s cannot be decoded".formatted(record));
  }

  /** Every committed prediction. */
  public List<GenericRecord> predictions() {
    List<GenericRecord> all = new ArrayList<>();
    forEachPrediction(all::add);
    return all;
  }

  /** Passes on every committed prediction, without keeping them in memory. */
  public void forEachPrediction(Consumer<GenericRecord> action) {
    TopicReader.read(
        platform.endpoints().bootstrapServers(),
        List.of(Topics.predictions(pipeline)),
        record -> {
          if (!Progress.isProgress(record.value(), record.headers())) {
            action.accept(decode(predictions, record));
          }
        });
  }

  /** Waits for the prediction of an event. */
  public GenericRecord awaitPrediction(String id) {
    return Await.value(
        "prediction of " + id,
        TIMEOUT,
        () ->
            predictions().stream()
                .filter(prediction -> prediction.get("event_id").equals(id))
                .findFirst()
                .orElse(null));
  }

  public List<ConsumerRecord<byte[], byte[]>> deadLetters() {
    return read(Topics.deadLetters(pipeline));
  }

  /** Waits for the dead letter of a record of the source topic. */
  public ConsumerRecord<byte[], byte[]> awaitDeadLetter(RecordMetadata of) {
    return Await.value(
        "dead letter of " + of,
        TIMEOUT,
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

  /** The text of a header; empty if it is missing. */
  public static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), UTF_8);
  }

  /** Audits the scored source repeatedly until nothing is lost or the timeout is over. */
  public Ledger.Audit awaitNothingLost() {
    return awaitNothingLost(TIMEOUT);
  }

  public Ledger.Audit awaitNothingLost(Duration atMost) {
    LedgerReader reader =
        new LedgerReader(platform.endpoints().bootstrapServers(), registry, pipeline);
    return Await.finalResult(atMost, reader::audit, audit -> audit.lost() == 0);
  }

  /** Deletes the first records of a topic's partition 0, as retention does. */
  public void deleteFirstRecords(String topic, int count) throws InterruptedException {
    operator.deleteFirstRecords(topic, count);
  }

  /** The number of records of the scored source that ingest has not committed. */
  public long lag() {
    return operator.lag(pipeline);
  }

  public void awaitNoLag() {
    Await.condition("no lag of ingest", TIMEOUT, () -> lag() == 0);
  }

  /** The answer of a service on its operations port. */
  public HttpResponse<String> get(Component service, String path) {
    return operator.get(service, path);
  }

  /** The sum of the metrics of a service whose lines contain all fragments. */
  public double metric(Component service, String... fragments) {
    return operator.metric(service, fragments);
  }

  @Override
  public void close() {
    producer.close();
    operator.close();
    ClassArchives.writeMissing(platform);
    platform.close();
  }
}
