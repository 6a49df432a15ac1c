package dev.millrace.deploy.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.deploy.deadletter.ReplayDecision.Send;
import dev.millrace.deploy.process.PlatformException;
import dev.millrace.schemas.avro.DeadLetterReplay;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.service.Cluster;
import dev.millrace.schemas.topics.Topics;
import dev.millrace.schemas.topics.WireHeaders;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the records of dead letters again. The records and the note of their replay are one
 * transaction, so that a replay that is interrupted at any point neither loses nor repeats them.
 *
 * <p>All replays of a pipeline have one transactional id: a replay that starts ends one that still
 * runs. It must read the notes after its start.
 */
public final class Replayer implements AutoCloseable {
  /** Few transactions, each far shorter than the default timeout of a minute. */
  private static final int RECORDS_PER_TRANSACTION = 500;

  private record Pending(DeadLetterEntry entry, Send send, Future<RecordMetadata> sent) {}

  private final String replaysTopic;
  private final Producer<byte[], byte[]> producer;
  private final AvroEncoder encoder;
  private final InstantSource clock;
  private final List<Pending> pending = new ArrayList<>();
  private long committed;

  /**
   * A replayer on existing clients; {@link #close} closes the producer.
   *
   * @param producer whose transactions are initialized
   */
  Replayer(
      Pipeline pipeline,
      Producer<byte[], byte[]> producer,
      Registry registry,
      InstantSource clock) {
    this.replaysTopic = Topics.deadLetterReplays(pipeline);
    this.producer = producer;
    this.encoder = AvroEncoder.forTopic(registry, replaysTopic, DeadLetterReplay.getClassSchema());
    this.clock = clock;
  }

  /**
   * Connects to a cluster and ends a replay of the pipeline that still runs.
   *
   * @throws PlatformException if the brokers do not answer or do not allow transactions
   */
  public static Replayer start(Cluster cluster, Pipeline pipeline) {
    Properties settings = new Properties();
    settings.putAll(cluster.clientSettings());
    settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, Topics.deadLetterReplays(pipeline));
    Producer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    try {
      producer.initTransactions();
      return new Replayer(
          pipeline, producer, Registry.http(cluster.registryUrl()), InstantSource.system());
    } catch (KafkaException e) {
      producer.close();
      throw new PlatformException(
          "Kafka at %s does not start a transaction with the id %s: %s"
              .formatted(
                  cluster.bootstrapServers(), Topics.deadLetterReplays(pipeline), e.getMessage()),
          e);
    }
  }

  /**
   * Publishes the record of a dead letter, on its partition if that still exists.
   *
   * @throws PlatformException if it cannot be published; earlier transactions are committed
   */
  public void send(ConsumerRecord<byte[], byte[]> letter, DeadLetterEntry entry, Send send) {
    try {
      if (pending.isEmpty()) {
        producer.beginTransaction();
      }
      pending.add(new Pending(entry, send, producer.send(record(letter, entry, send))));
    } catch (KafkaException e) {
      throw stopped(e);
    }
    if (pending.size() == RECORDS_PER_TRANSACTION) {
      commit();
    }
  }

  /**
   * Commits what was sent.
   *
   * @return the number of records that were committed since the start
   * @throws PlatformException if it cannot be committed
   */
  public long commit() {
    if (pending.isEmpty()) {
      return committed;
    }
    try {
      producer.flush();
      for (Pending each : pending) {
        var unused = producer.send(note(each));
      }
      producer.commitTransaction();
    } catch (KafkaException e) {
      throw stopped(e);
    }
    committed += pending.size();
    pending.clear();
    return committed;
  }

  private ProducerRecord<byte[], byte[]> record(
      ConsumerRecord<byte[], byte[]> letter, DeadLetterEntry entry, Send send) {
    int partitions = producer.partitionsFor(entry.topic()).size();
    Integer partition = entry.partition() < partitions ? entry.partition() : null;
    return new ProducerRecord<>(
        entry.topic(), partition, letter.key(), letter.value(), headers(letter, entry, send));
  }

  /** The producer's own headers, and those of the replay. */
  static Headers headers(ConsumerRecord<byte[], byte[]> letter, DeadLetterEntry entry, Send send) {
    Headers headers = new RecordHeaders();
    for (Header header : letter.headers()) {
      if (!WireHeaders.isReserved(header.key())) {
        headers.add(header);
      }
    }
    WireHeaders.put(headers, WireHeaders.REPLAYS, send.attempt());
    WireHeaders.put(headers, WireHeaders.REPLAY_OF, entry.position().toString());
    return headers;
  }

  private ProducerRecord<byte[], byte[]> note(Pending pending) {
    DeadLetterEntry entry = pending.entry();
    RecordMetadata sent = metadata(pending.sent());
    Replay replay =
        new Replay(
            entry.position(),
            entry.topic(),
            entry.partition(),
            entry.offset(),
            sent.partition(),
            sent.offset(),
            pending.send().attempt(),
            clock.instant());
    return new ProducerRecord<>(
        replaysTopic, entry.position().toString().getBytes(UTF_8), encoder.encode(replay.toAvro()));
  }

  private static RecordMetadata metadata(Future<RecordMetadata> sent) {
    try {
      return sent.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted", e);
    }
  }

  private PlatformException stopped(KafkaException cause) {
    if (isFenced(cause)) {
      return new PlatformException(
          "%d records were published again; then another replay of this pipeline started and continues with the others"
              .formatted(committed),
          cause);
    }
    return new PlatformException(
        "%d records were published again, and then Kafka did not accept one (%s); run the command again: it continues there"
            .formatted(committed, cause.getMessage()),
        cause);
  }

  private static boolean isFenced(@Nullable Throwable cause) {
    for (Throwable each = cause; each != null; each = each.getCause()) {
      if (each instanceof ProducerFencedException
          || each instanceof InvalidProducerEpochException) {
        return true;
      }
    }
    return false;
  }

  /** Aborts what was not committed. */
  @Override
  public void close() {
    producer.close();
  }
}
