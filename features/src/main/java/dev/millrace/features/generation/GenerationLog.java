package dev.millrace.features.generation;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.features.view.Backfill;
import dev.millrace.schemas.avro.FeatureGeneration;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.codec.SpecificRecords;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.LatePolicy;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.topics.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The topic of a pipeline's generations, and the ends of the topics that are backfilled. */
public final class GenerationLog {
  private static final Duration POLL = Duration.ofMillis(200);

  private final Pipeline pipeline;
  private final Properties clientSettings;
  private final Registry registry;
  private final TopicPartition topic;

  /**
   * @param clientSettings of Kafka clients, including the bootstrap servers
   */
  public GenerationLog(Pipeline pipeline, Properties clientSettings, Registry registry) {
    this.pipeline = pipeline;
    this.clientSettings = clientSettings;
    this.registry = registry;
    this.topic = new TopicPartition(Topics.featureGenerations(pipeline), 0);
  }

  /** The newest record of each generation, by generation. */
  public Map<String, FeatureGeneration> read() {
    AvroDecoder decoder =
        new AvroDecoder(registry, topic.topic(), FeatureGeneration.getClassSchema());
    Map<String, FeatureGeneration> records = new LinkedHashMap<>();
    Properties settings = new Properties();
    settings.putAll(clientSettings);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    try (var consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(topic));
      consumer.seekToBeginning(List.of(topic));
      long end = consumer.endOffsets(List.of(topic)).getOrDefault(topic, 0L);
      while (consumer.position(topic) < end) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          FeatureGeneration generation = decoded(decoder, record);
          records.put(generation.getGeneration(), generation);
        }
      }
    }
    return records;
  }

  private static FeatureGeneration decoded(
      AvroDecoder decoder, ConsumerRecord<byte[], byte[]> record) {
    if (decoder.decode(record.value()) instanceof Decoded.Value value) {
      return SpecificRecords.of(value.record(), FeatureGeneration.class);
    }
    throw new IllegalStateException(
        "topic %s, offset %d: only Millrace writes to this topic, but the record cannot be decoded"
            .formatted(record.topic(), record.offset()));
  }

  /** Writes a record, and waits until the broker has it. */
  public void write(FeatureGeneration record) throws InterruptedException {
    AvroEncoder encoder =
        AvroEncoder.forTopic(registry, topic.topic(), FeatureGeneration.getClassSchema());
    Properties settings = new Properties();
    settings.putAll(clientSettings);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    try (var producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      byte[] key = record.getGeneration().getBytes(UTF_8);
      producer.send(new ProducerRecord<>(topic.topic(), key, encoder.encode(record))).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("Cannot write to topic " + topic.topic(), e.getCause());
    }
  }

  /**
   * The boundaries of views that are backfilled from now on: the ends of their topics, up to which
   * all records are committed. No job has read further.
   */
  public Map<String, Backfill> ends() {
    Map<String, Backfill> ends = new HashMap<>();
    try (Admin admin = Admin.create(clientSettings)) {
      for (FeatureView view : pipeline.features().values()) {
        boolean readsLate = pipeline.source(view.from()).late() == LatePolicy.TOPIC;
        ends.put(
            view.name(),
            new Backfill(
                ends(admin, Topics.clean(pipeline, view.from())),
                readsLate ? ends(admin, Topics.late(pipeline)) : null));
      }
    }
    return ends;
  }

  private List<Long> ends(Admin admin, String name) {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    IntStream.range(0, pipeline.partitions())
        .forEach(each -> wanted.put(new TopicPartition(name, each), OffsetSpec.latest()));
    try {
      var found =
          admin.listOffsets(wanted, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED)).all();
      List<Long> ends = new ArrayList<>();
      for (int partition = 0; partition < pipeline.partitions(); partition++) {
        TopicPartition next = new TopicPartition(name, partition);
        ends.add(Objects.requireNonNull(found.get().get(next)).offset());
      }
      return ends;
    } catch (ExecutionException e) {
      throw new IllegalStateException("Cannot read the end of topic " + name, e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while reading the end of topic " + name, e);
    }
  }
}
