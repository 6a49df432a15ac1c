package dev.millrace.schemas.topics;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.schemas.avro.FeatureGeneration;
import dev.millrace.schemas.avro.GenerationStatus;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.codec.SpecificRecords;
import dev.millrace.schemas.pipeline.Generation;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ViewVersion;
import dev.millrace.schemas.registry.Registry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** The topic of a pipeline's generations of feature vectors, which has one partition. */
public final class GenerationLog {
  private static final Duration POLL = Duration.ofMillis(200);

  private final Properties clientSettings;
  private final Registry registry;
  private final TopicPartition topic;

  /**
   * @param clientSettings of Kafka clients, including the bootstrap servers
   */
  public GenerationLog(Pipeline pipeline, Properties clientSettings, Registry registry) {
    this(Topics.featureGenerations(pipeline), clientSettings, registry);
  }

  /**
   * @param topic its name
   * @param clientSettings of Kafka clients, including the bootstrap servers
   */
  public GenerationLog(String topic, Properties clientSettings, Registry registry) {
    this.clientSettings = clientSettings;
    this.registry = registry;
    this.topic = new TopicPartition(topic, 0);
  }

  /**
   * The record of a generation that begins: all views are read from the beginning, and questions
   * pass the lookups in the order of the definition.
   *
   * @param now wall clock
   */
  public static FeatureGeneration begun(Pipeline pipeline, Instant now) {
    return FeatureGeneration.newBuilder()
        .setGeneration(Generation.of(pipeline))
        .setScored(Generation.scored(pipeline))
        .setCreatedAt(now)
        .setStatus(GenerationStatus.BACKFILLING)
        .setStatusAt(now)
        .setViews(ViewVersion.all(pipeline).stream().map(GenerationLog::view).toList())
        .setLookups(Generation.lookups(pipeline))
        .build();
  }

  /** The generation that serves: of several the newest; null if none does. */
  public static @Nullable FeatureGeneration serving(Collection<FeatureGeneration> generations) {
    return generations.stream()
        .filter(generation -> generation.getStatus() == GenerationStatus.SERVING)
        .max(Comparator.comparing(FeatureGeneration::getStatusAt))
        .orElse(null);
  }

  /** The topics of a generation: the rows of its views, and its vectors if it has lookups. */
  public static List<String> topics(Pipeline pipeline, FeatureGeneration generation) {
    List<String> topics = new ArrayList<>();
    generation
        .getViews()
        .forEach(view -> topics.add(Topics.features(pipeline, view.getView(), view.getVersion())));
    if (!generation.getLookups().isEmpty()) {
      topics.add(Topics.vectors(pipeline, generation.getGeneration()));
    }
    return topics;
  }

  private static dev.millrace.schemas.avro.ViewVersion view(ViewVersion view) {
    return dev.millrace.schemas.avro.ViewVersion.newBuilder()
        .setView(view.view())
        .setVersion(view.version())
        .setDefinition(view.definition())
        .build();
  }

  /**
   * The newest record of each generation, by generation; none if the topic does not exist.
   *
   * @throws IllegalStateException if a record cannot be decoded
   * @throws org.apache.kafka.common.KafkaException if the brokers do not answer
   */
  public Map<String, FeatureGeneration> read() {
    Properties settings = new Properties();
    settings.putAll(clientSettings);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    try (var consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      return read(consumer);
    }
  }

  Map<String, FeatureGeneration> read(Consumer<byte[], byte[]> consumer) {
    Map<String, FeatureGeneration> records = new LinkedHashMap<>();
    // A topic is looked for by name in the list, since a request for it could create it.
    if (!consumer.listTopics().containsKey(topic.topic())) {
      return records;
    }
    AvroDecoder decoder =
        new AvroDecoder(registry, topic.topic(), FeatureGeneration.getClassSchema());
    consumer.assign(List.of(topic));
    consumer.seekToBeginning(List.of(topic));
    long end = consumer.endOffsets(List.of(topic)).getOrDefault(topic, 0L);
    while (consumer.position(topic) < end) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        FeatureGeneration generation = decoded(decoder, record);
        records.put(generation.getGeneration(), generation);
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

  /**
   * Writes records in their order, and waits until the brokers have them.
   *
   * @throws IllegalStateException if they do not accept one
   */
  public void write(List<FeatureGeneration> records) throws InterruptedException {
    if (records.isEmpty()) {
      return;
    }
    Properties settings = new Properties();
    settings.putAll(clientSettings);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    try (var producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      write(records, producer);
    }
  }

  void write(List<FeatureGeneration> records, Producer<byte[], byte[]> producer)
      throws InterruptedException {
    AvroEncoder encoder =
        AvroEncoder.forTopic(registry, topic.topic(), FeatureGeneration.getClassSchema());
    for (FeatureGeneration record : records) {
      byte[] key = record.getGeneration().getBytes(UTF_8);
      try {
        producer
            .send(
                new ProducerRecord<>(topic.topic(), topic.partition(), key, encoder.encode(record)))
            .get();
      } catch (ExecutionException e) {
        throw new IllegalStateException(
            "topic %s cannot be written: %s".formatted(topic.topic(), e.getCause()), e.getCause());
      }
    }
  }
}
