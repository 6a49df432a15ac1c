package dev.millrace.deploy.deadletter;

import dev.millrace.schemas.avro.DeadLetterReplay;
import java.time.Instant;
import org.apache.avro.generic.GenericRecord;

/**
 * A record that was published again because of a dead letter; the content of {@link
 * DeadLetterReplay}.
 *
 * @param of the dead letter
 * @param topic of the rejected record and of the record that was published again
 * @param rejectedPartition of the rejected record
 * @param rejectedOffset of the rejected record
 * @param partition of the record that was published again
 * @param offset of the record that was published again
 * @param attempt counts from 1
 * @param at wall clock
 */
public record Replay(
    Position of,
    String topic,
    int rejectedPartition,
    long rejectedOffset,
    int partition,
    long offset,
    int attempt,
    Instant at) {

  /** Whether this is about the dead letter, and not about one of a deleted topic. */
  boolean isOf(DeadLetterEntry entry) {
    return of.equals(entry.position())
        && topic.equals(entry.topic())
        && rejectedPartition == entry.partition()
        && rejectedOffset == entry.offset();
  }

  DeadLetterReplay toAvro() {
    return DeadLetterReplay.newBuilder()
        .setPartition(of.partition())
        .setOffset(of.offset())
        .setTopic(topic)
        .setRejectedPartition(rejectedPartition)
        .setRejectedOffset(rejectedOffset)
        .setReplayedPartition(partition)
        .setReplayedOffset(offset)
        .setAttempt(attempt)
        .setReplayedAt(at)
        .build();
  }

  static Replay of(GenericRecord record) {
    return new Replay(
        new Position((Integer) record.get("partition"), (Long) record.get("offset")),
        record.get("topic").toString(),
        (Integer) record.get("rejected_partition"),
        (Long) record.get("rejected_offset"),
        (Integer) record.get("replayed_partition"),
        (Long) record.get("replayed_offset"),
        (Integer) record.get("attempt"),
        Instant.ofEpochMilli((Long) record.get("replayed_at")));
  }
}
