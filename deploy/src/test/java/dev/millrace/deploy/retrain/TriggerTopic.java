package dev.millrace.deploy.retrain;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.schemas.avro.RetrainingCause;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.avro.TrainingData;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.registry.InMemoryRegistry;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.topics.WireHeaders;
import io.prometheus.client.CollectorRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A topic of triggers, and processes that call for them with a clock of the test. */
final class TriggerTopic {
  static final TopicPartition PARTITION = new TopicPartition("triggers", 0);
  static final Instant START = Instant.parse("2026-03-02T00:00:00Z");
  static final Duration MAX_AGE = Duration.ofDays(7);

  final Registry registry = new InMemoryRegistry();
  final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  final CollectorRegistry metrics = new CollectorRegistry();
  final CallStatus status = new CallStatus();
  Instant now = START;

  private final AvroEncoder encoder =
      AvroEncoder.forTopic(registry, PARTITION.topic(), RetrainingTrigger.getClassSchema());
  private final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
  private Map<TopicPartition, OffsetAndMetadata> committed = Map.of();

  /** Adds a trigger that was published at a time. */
  void add(String id, Instant published) {
    add(id, published, 5);
  }

  /** Adds a trigger that was published when a number of labels had come. */
  void add(String id, Instant published, long labels) {
    add(id, encoder.encode(trigger(id, published, labels)));
  }

  void add(String id, byte[] value) {
    records.add(
        new ConsumerRecord<>(
            PARTITION.topic(), PARTITION.partition(), records.size(), id.getBytes(UTF_8), value));
  }

  private static RetrainingTrigger trigger(String id, Instant published, long labels) {
    return RetrainingTrigger.newBuilder()
        .setId(id)
        .setPipeline("shop")
        .setModel("refund")
        .setModelVersion("0123456789ab")
        .setReferenceDigest("d")
        .setCause(RetrainingCause.DATA)
        .setEpisode(1)
        .setMessage("Retrain model shop/refund")
        .setAt(Instant.EPOCH)
        .setPublishedAt(published)
        .setEvidence(List.of())
        .setData(
            TrainingData.newBuilder()
                .setTopic("outcomes")
                .setFrom(Instant.EPOCH)
                .setTo(Instant.EPOCH.plusSeconds(3_600))
                .setSourceTopic("orders")
                .setOffsets(List.of())
                .setPredictions(10)
                .setLabels(labels)
                .setMinLabels(0)
                .build())
        .build();
  }

  /** A member of the group that starts from the committed offsets. */
  final class Member extends MockConsumer<byte[], byte[]> {
    final TriggerCaller caller;
    private boolean killedAtCommit;

    Member(Receiver receiver) {
      this(receiver, registry);
    }

    Member(Receiver receiver, Registry schemas) {
      super("earliest");
      metrics.clear();
      caller =
          new TriggerCaller(
              this,
              new TriggerCaller.Parts(
                  new AvroDecoder(schemas, PARTITION.topic(), RetrainingTrigger.getClassSchema()),
                  receiver,
                  new RefusedTriggers(producer, "dead-letters"),
                  new RetrainMetrics("shop", metrics, () -> now),
                  status,
                  new Backoff(new Random(1)),
                  MAX_AGE),
              () -> now);
      caller.subscribe(PARTITION.topic());
      updateBeginningOffsets(Map.of(PARTITION, 0L));
      schedulePollTask(
          () -> {
            rebalance(List.of(PARTITION));
            records.forEach(this::addRecord);
          });
    }

    /** The process is killed when it commits next. */
    void killBeforeCommit() {
      killedAtCommit = true;
    }

    /** The group gives the partition to another member. */
    void remove() {
      rebalance(List.of());
    }

    @Override
    public synchronized Map<TopicPartition, OffsetAndMetadata> committed(
        Set<TopicPartition> partitions) {
      return committed;
    }

    @Override
    public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
      if (killedAtCommit) {
        throw new Killed();
      }
      super.commitSync(offsets);
      committed = Map.copyOf(offsets);
    }

    void step() {
      try {
        caller.step();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    /** A step after a time. */
    void advance(Duration time) {
      now = now.plus(time);
      step();
    }

    void steps(int count) {
      for (int i = 0; i < count; i++) {
        step();
      }
    }
  }

  /** The end of a process. */
  static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  long committedOffset() {
    OffsetAndMetadata offset = committed.get(PARTITION);
    return offset == null ? 0 : offset.offset();
  }

  double metric(String name, String... labels) {
    List<String> names = new ArrayList<>(List.of("pipeline"));
    List<String> values = new ArrayList<>(List.of("shop"));
    for (int i = 0; i < labels.length; i += 2) {
      names.add(labels[i]);
      values.add(labels[i + 1]);
    }
    return Objects.requireNonNull(
        metrics.getSampleValue(
            "millrace_retrain_" + name,
            names.toArray(String[]::new),
            values.toArray(String[]::new)),
        name);
  }

  double calls(String result) {
    return metric("calls_total", "result", result);
  }

  static String header(ProducerRecord<byte[], byte[]> record, String name) {
    return String.valueOf(WireHeaders.text(record.headers(), name));
  }

  static Set<TopicPartition> only() {
    return Set.of(PARTITION);
  }
}
