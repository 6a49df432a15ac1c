package dev.millrace.deploy.evolution;

import dev.millrace.deploy.process.PlatformException;
import dev.millrace.schemas.avro.EventRef;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.service.Cluster;
import dev.millrace.schemas.topics.PipelineSchemas;
import dev.millrace.schemas.topics.Progress;
import dev.millrace.schemas.topics.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.function.LongConsumer;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Waits until the vectors of a generation have reached the ends of the clean topic: until all
 * events that are in it at one moment have their vector shortly after. Each event of each partition
 * is looked at, since vectors are not in the order of their events.
 */
final class CatchUp {
  /**
   * The time within which vectors of new events must come: several times the usual latency on a
   * busy machine.
   */
  private static final Duration CLOSE_BEHIND = Duration.ofSeconds(5);

  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration REPORT_INTERVAL = Duration.ofSeconds(10);

  private final Cluster cluster;
  private final String asked;
  private final String answers;
  private final boolean isVector;
  private final Map<String, AvroDecoder> decoders = new HashMap<>();
  private final Unanswered unanswered;
  private final Map<TopicPartition, Long> positions = new HashMap<>();

  private CatchUp(Cluster cluster, Pipeline pipeline, String asked, Map<Integer, Long> from) {
    this.cluster = cluster;
    this.asked = asked;
    this.answers = Topics.vectors(pipeline);
    this.isVector = !asked.equals(Topics.clean(pipeline, pipeline.score()));
    Registry registry = Registry.http(cluster.registryUrl());
    for (String topic : List.of(asked, answers)) {
      decoders.put(topic, new AvroDecoder(registry, topic, eventOnly(pipeline)));
    }
    this.unanswered = new Unanswered(from);
  }

  /**
   * For the events that are published from now on.
   *
   * @param serving the generation that serves. In an aligned pipeline a vector of any generation
   *     waits for the progress of the sources, so there the vectors of this one are compared with;
   *     null: none serves, or it has no vectors
   */
  static CatchUp fromNow(Cluster cluster, Pipeline pipeline, @Nullable String serving)
      throws InterruptedException {
    String answers = Topics.vectors(pipeline);
    // A vector of a later event is written after this end, since it is read first.
    Map<TopicPartition, Long> answered = Offsets.of(cluster, answers, OffsetSpec.latest());
    String clean = Topics.clean(pipeline, pipeline.score());
    Map<TopicPartition, Long> events = Offsets.of(cluster, clean, OffsetSpec.latest());
    if (!pipeline.align() || serving == null) {
      Map<Integer, Long> from = new HashMap<>();
      events.forEach((partition, end) -> from.put(partition.partition(), end));
      CatchUp catchUp = new CatchUp(cluster, pipeline, clean, from);
      catchUp.positions.putAll(events);
      catchUp.positions.putAll(answered);
      return catchUp;
    }
    String reference = Topics.vectors(pipeline, serving);
    CatchUp catchUp = new CatchUp(cluster, pipeline, reference, Map.of());
    catchUp.positions.putAll(Offsets.of(cluster, reference, OffsetSpec.latest()));
    // This generation may have answered an event before the other one does.
    catchUp.positions.putAll(Offsets.of(cluster, answers, OffsetSpec.earliest()));
    return catchUp;
  }

  /** The part of a vector that names its event. */
  private static Schema eventOnly(Pipeline pipeline) {
    return SchemaBuilder.record(PipelineSchemas.vector(pipeline).getFullName())
        .fields()
        .name("event")
        .type(EventRef.getClassSchema())
        .noDefault()
        .endRecord();
  }

  /**
   * Waits until the vectors have caught up.
   *
   * @param report receives the number of events without a vector, from time to time
   * @param check runs from time to time, and throws an exception if waiting is useless
   */
  void await(LongConsumer report, Check check) throws InterruptedException {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      Rounds rounds = new Rounds(consumer, report, check);
      Duration round;
      do {
        round = rounds.next();
      } while (round.compareTo(CLOSE_BEHIND) > 0);
    }
  }

  /** A check that may be interrupted. */
  interface Check {
    void run() throws InterruptedException;
  }

  /** Each round waits for the vectors of the events that there are at its start. */
  private final class Rounds {
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final LongConsumer report;
    private final Check check;
    private long reportedNanos = System.nanoTime();

    private Rounds(KafkaConsumer<byte[], byte[]> consumer, LongConsumer report, Check check) {
      this.consumer = consumer;
      this.report = report;
      this.check = check;
    }

    private Duration next() throws InterruptedException {
      long startedNanos = System.nanoTime();
      List<TopicPartition> questions =
          positions.keySet().stream().filter(p -> p.topic().equals(asked)).toList();
      Map<TopicPartition, Long> ends = consumer.endOffsets(questions);
      while (questions.stream().anyMatch(p -> consumer.position(p) < end(ends, p))) {
        poll();
      }
      unanswered.mark();
      while (unanswered.due() > 0) {
        poll();
      }
      return Duration.ofNanos(System.nanoTime() - startedNanos);
    }

    private void poll() throws InterruptedException {
      consumer.poll(POLL).forEach(CatchUp.this::take);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (System.nanoTime() - reportedNanos > REPORT_INTERVAL.toNanos()) {
        check.run();
        report.accept(unanswered.count());
        reportedNanos = System.nanoTime();
      }
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    if (record.topic().equals(answers)) {
      EventOfVector event = event(record);
      unanswered.answered(event.partition(), event.offset());
    } else if (isVector) {
      EventOfVector event = event(record);
      unanswered.asked(event.partition(), event.offset());
    } else if (!Progress.isProgress(record.value(), record.headers())) {
      unanswered.asked(record.partition(), record.offset());
    }
  }

  private record EventOfVector(int partition, long offset) {}

  private EventOfVector event(ConsumerRecord<byte[], byte[]> vector) {
    AvroDecoder decoder = Objects.requireNonNull(decoders.get(vector.topic()));
    if (decoder.decode(vector.value()) instanceof Decoded.Value value) {
      GenericRecord event = (GenericRecord) value.record().get("event");
      return new EventOfVector((Integer) event.get("partition"), (Long) event.get("offset"));
    }
    throw new PlatformException(
        "topic %s, partition %d, offset %d: only the features job writes to this topic, but the record cannot be decoded"
            .formatted(vector.topic(), vector.partition(), vector.offset()));
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    Properties settings = new Properties();
    settings.putAll(cluster.clientSettings());
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    // What retention deletes meanwhile cannot be waited for.
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    consumer.assign(positions.keySet());
    positions.forEach(consumer::seek);
    return consumer;
  }

  private static long end(Map<TopicPartition, Long> offsets, TopicPartition partition) {
    return Objects.requireNonNull(offsets.get(partition));
  }
}
