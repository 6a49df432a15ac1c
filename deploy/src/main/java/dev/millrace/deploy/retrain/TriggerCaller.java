package dev.millrace.deploy.retrain;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.deploy.topic.AvroJson;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.registry.RegistryUnavailable;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads triggers and calls the receiver for each, one after the other in the order of the topic.
 *
 * <p>The offset of a trigger is committed when its call is answered, or when it has become a dead
 * letter or too old. So each trigger is called at least once, and again after a crash in between;
 * its id makes the second call have no effect.
 *
 * <p>After a crash the drift job writes the newest triggers again: the same id, but another time of
 * publication, and other counts if late records have come. A receiver must get one body for an id,
 * so only the first record of an id is called, and each start reads the topic from its begin to
 * know the ids before the committed offset. They are few.
 *
 * <p>While a call is repeated the consumer still polls, with its partitions paused, so that it
 * stays in its group through an outage of any length.
 */
final class TriggerCaller implements ConsumerRebalanceListener {
  private static final Logger log = LoggerFactory.getLogger(TriggerCaller.class);

  /** The longest time for which a stop of the process waits for a poll. */
  private static final Duration POLL = Duration.ofMillis(500);

  private final Consumer<byte[], byte[]> consumer;
  private final AvroDecoder decoder;
  private final Receiver receiver;
  private final RefusedTriggers refused;
  private final RetrainMetrics metrics;
  private final CallStatus status;
  private final Backoff backoff;
  private final Duration maxAge;
  private final InstantSource clock;

  private final Deque<ConsumerRecord<byte[], byte[]>> waiting = new ArrayDeque<>();
  private final Map<TopicPartition, OffsetAndMetadata> uncommitted = new HashMap<>();

  /** The first offsets that were not committed when the partitions were assigned. */
  private final Map<TopicPartition, Long> starts = new HashMap<>();

  /** Keys of the records that are done, which are the ids of triggers. */
  private final Set<ByteBuffer> done = new HashSet<>();

  private int failures;
  private Instant due = Instant.MIN;

  /**
   * What the caller uses beside the consumer.
   *
   * @param maxAge time since its publication after which a trigger is not called
   */
  record Parts(
      AvroDecoder decoder,
      Receiver receiver,
      RefusedTriggers refused,
      RetrainMetrics metrics,
      CallStatus status,
      Backoff backoff,
      Duration maxAge) {}

  /**
   * @param consumer of a group, which does not commit by itself
   */
  TriggerCaller(Consumer<byte[], byte[]> consumer, Parts parts, InstantSource clock) {
    this.consumer = consumer;
    this.decoder = parts.decoder();
    this.receiver = parts.receiver();
    this.refused = parts.refused();
    this.metrics = parts.metrics();
    this.status = parts.status();
    this.backoff = parts.backoff();
    this.maxAge = parts.maxAge();
    this.clock = clock;
  }

  /** Joins the group. */
  void subscribe(String topic) {
    consumer.subscribe(List.of(topic), this);
  }

  /** Reads, and calls for at most one trigger. */
  void step() throws InterruptedException {
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(pollTime())) {
      if (record.offset() < starts.getOrDefault(partition(record), 0L)) {
        markDone(record);
      } else {
        waiting.add(record);
      }
    }
    commit();
    if (!waiting.isEmpty() && !clock.instant().isBefore(due)) {
      process(waiting.element());
    }
    pauseOrResume();
  }

  private Duration pollTime() {
    if (waiting.isEmpty()) {
      return POLL;
    }
    Duration left =
        due.equals(Instant.MIN) ? Duration.ZERO : Duration.between(clock.instant(), due);
    return left.isNegative() ? Duration.ZERO : left.compareTo(POLL) < 0 ? left : POLL;
  }

  private void pauseOrResume() {
    if (waiting.isEmpty()) {
      consumer.resume(consumer.assignment());
    } else {
      consumer.pause(consumer.assignment());
    }
  }

  private void process(ConsumerRecord<byte[], byte[]> record) throws InterruptedException {
    if (record.key() != null && done.contains(ByteBuffer.wrap(record.key()))) {
      metrics.repeated();
      log.info("{} repeats the id of an earlier trigger, not called", position(record));
      finish(record);
      return;
    }
    try {
      Decoded decoded = decoder.decode(record.value());
      if (decoded instanceof Decoded.Rejected rejected) {
        reject(record, rejected.code(), rejected.detail());
      } else {
        call(record, ((Decoded.Value) decoded).record());
      }
    } catch (RegistryUnavailable | RetriableException e) {
      repeat(position(record), null, new CallResult.Failed(String.valueOf(e.getMessage()), null));
    }
  }

  private void call(ConsumerRecord<byte[], byte[]> record, GenericRecord trigger)
      throws InterruptedException {
    String id = String.valueOf(trigger.get("id"));
    Instant published = Instant.ofEpochMilli((long) trigger.get("published_at"));
    Instant started = clock.instant();
    if (published.plus(maxAge).isBefore(started)) {
      metrics.expired();
      log.warn("trigger {} of {} is older than retrain.call.max_age, not called", id, published);
      finish(record);
      return;
    }
    ObjectNode json = AvroJson.of(trigger);
    CallResult result = receiver.call(id, json);
    metrics.called(result, Duration.between(started, clock.instant()));
    if (result instanceof CallResult.Failed failed) {
      repeat(id, published, failed);
    } else if (result instanceof CallResult.Refused no) {
      reject(record, RejectionCode.CALL_REFUSED, "trigger " + id + ": " + no.reason());
    } else {
      log.info(
          "trigger {}: {}",
          id,
          result instanceof CallResult.Known
              ? "known to the receiver already"
              : "accepted by the receiver");
      finish(record);
    }
  }

  private void repeat(String id, @Nullable Instant published, CallResult.Failed failed) {
    failures++;
    Duration pause = backoff.after(failures, failed.retryAfter());
    due = clock.instant().plus(pause);
    status.markFailing(id, failures, failed.reason(), due);
    metrics.pendingSince(published);
    log.warn("trigger {}: {}; called again in {} ms", id, failed.reason(), pause.toMillis());
  }

  private void reject(ConsumerRecord<byte[], byte[]> record, RejectionCode code, String detail)
      throws InterruptedException {
    try {
      refused.write(record, code, detail);
    } catch (KafkaException e) {
      repeat(position(record), null, new CallResult.Failed(e + ", for: " + detail, null));
      return;
    }
    metrics.deadLetter(code);
    log.error("{} became a dead letter, {}: {}", position(record), code, detail);
    finish(record);
  }

  private void markDone(ConsumerRecord<byte[], byte[]> record) {
    if (record.key() != null) {
      done.add(ByteBuffer.wrap(record.key()));
    }
  }

  private void finish(ConsumerRecord<byte[], byte[]> record) {
    waiting.remove();
    markDone(record);
    endRepetition();
    uncommitted.put(partition(record), new OffsetAndMetadata(record.offset() + 1));
    commit();
  }

  private void endRepetition() {
    failures = 0;
    due = Instant.MIN;
    status.markWorking();
    metrics.pendingSince(null);
  }

  /** A commit that fails is repeated with the next step. */
  private void commit() {
    if (uncommitted.isEmpty()) {
      return;
    }
    try {
      consumer.commitSync(uncommitted);
      uncommitted.clear();
    } catch (CommitFailedException e) {
      // Another member of the group has the partition, and calls again what was not committed.
      log.warn("offsets of answered calls cannot be committed: {}", e.getMessage());
      uncommitted.clear();
    } catch (RetriableException e) {
      log.warn("offsets of answered calls are committed later: {}", e.getMessage());
    }
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    consumer
        .committed(Set.copyOf(partitions))
        .forEach(
            (partition, offset) -> starts.put(partition, offset == null ? 0 : offset.offset()));
    consumer.seekToBeginning(partitions);
    status.markJoined();
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    commit();
    drop(partitions);
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> partitions) {
    drop(partitions);
  }

  /** Another process calls the triggers of these partitions. */
  private void drop(Collection<TopicPartition> partitions) {
    uncommitted.keySet().removeAll(partitions);
    ConsumerRecord<byte[], byte[]> first = waiting.peek();
    waiting.removeIf(record -> partitions.contains(partition(record)));
    if (first != null && first != waiting.peek()) {
      endRepetition();
    }
  }

  private static TopicPartition partition(ConsumerRecord<?, ?> record) {
    return new TopicPartition(record.topic(), record.partition());
  }

  private static String position(ConsumerRecord<?, ?> record) {
    return "%s-%d@%d".formatted(record.topic(), record.partition(), record.offset());
  }
}
