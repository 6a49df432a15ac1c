package dev.millrace.deploy.deadletter;

import dev.millrace.schemas.topics.ProducerName;
import dev.millrace.schemas.topics.WireHeaders;
import java.time.Instant;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * What the headers of a dead letter say; without its value, so that many fit into memory.
 *
 * @param time the record's timestamp: when the rejected record was published, or the event time if
 *     another stage than ingest rejected it
 * @param code of the rejection; empty if the header is missing
 * @param stage that rejected it; empty if the header is missing
 * @param topic of the rejected record; empty if the header is missing
 * @param partition of the rejected record; -1 if the header is missing
 * @param offset of the rejected record; -1 if the header is missing
 * @param replays how often the rejected record had been published again
 * @param replayOf the dead letter that the rejected record was published from again
 * @param cut whether key or value is incomplete
 */
public record DeadLetterEntry(
    Position position,
    Instant time,
    String code,
    String stage,
    String detail,
    String topic,
    int partition,
    long offset,
    String producer,
    int replays,
    @Nullable Position replayOf,
    boolean cut) {

  /** The entry of a record of the dead-letter topic. */
  public static DeadLetterEntry of(ConsumerRecord<byte[], byte[]> letter) {
    Headers headers = letter.headers();
    return new DeadLetterEntry(
        new Position(letter.partition(), letter.offset()),
        Instant.ofEpochMilli(letter.timestamp()),
        text(headers, WireHeaders.ERROR_CODE),
        text(headers, WireHeaders.ERROR_STAGE),
        text(headers, WireHeaders.ERROR_DETAIL),
        text(headers, WireHeaders.STREAMS_ERROR_PREFIX + "topic"),
        (int) WireHeaders.number(headers, WireHeaders.STREAMS_ERROR_PREFIX + "partition", -1),
        WireHeaders.number(headers, WireHeaders.STREAMS_ERROR_PREFIX + "offset", -1),
        ProducerName.of(headers),
        replays(headers),
        Position.orNull(WireHeaders.text(headers, WireHeaders.REPLAY_OF)),
        isCut(letter, "key", letter.key()) || isCut(letter, "value", letter.value()));
  }

  /** The rejected record, as {@code topic-partition@offset}. */
  public String rejected() {
    return "%s-%d@%d".formatted(topic, partition, offset);
  }

  /** Dead letters that are cut give the original lengths; one of key and value may be complete. */
  private static boolean isCut(
      ConsumerRecord<byte[], byte[]> letter, String part, byte @Nullable [] bytes) {
    Long length = WireHeaders.number(letter.headers(), WireHeaders.ERROR_PREFIX + part + ".length");
    return length != null && (bytes == null || length != bytes.length);
  }

  /** A producer can write any number into the header. */
  private static int replays(Headers headers) {
    long replays = WireHeaders.number(headers, WireHeaders.REPLAYS, 0);
    return (int) Math.max(0, Math.min(replays, Integer.MAX_VALUE - 1));
  }

  /** The text of a header in one line, since an entry is printed in a terminal. */
  private static String text(Headers headers, String name) {
    String text = Objects.requireNonNullElse(WireHeaders.text(headers, name), "");
    return text.replaceAll("\\p{Cntrl}", " ");
  }
}
