package dev.millrace.deploy.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.deadletter.DeadLetter;
import dev.millrace.schemas.deadletter.OriginalRecord;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** Dead letters of the topic {@code departures}, as a consumer reads them. */
final class TestLetters {
  static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private TestLetters() {}

  /** The dead letter at 0:17 of the record departures-2@55. */
  static ConsumerRecord<byte[], byte[]> letter(
      String stage, byte @Nullable [] value, Map<String, String> headers) {
    Headers original = new RecordHeaders();
    headers.forEach((name, text) -> original.add(name, text.getBytes(UTF_8)));
    DeadLetter letter =
        DeadLetter.of(
            stage,
            new OriginalRecord("departures", 2, 55, "JFK".getBytes(UTF_8), value, original),
            RejectionCode.CONTRACT,
            "rule r is broken:\n\u001b[31m distance = -1",
            List.of());
    return new ConsumerRecord<>(
        "millrace.flights.dead-letters",
        0,
        17,
        NOON.toEpochMilli(),
        TimestampType.CREATE_TIME,
        0,
        0,
        letter.key(),
        letter.value(),
        letter.headers(),
        Optional.empty());
  }

  static DeadLetterEntry entry(String stage, Map<String, String> headers) {
    return DeadLetterEntry.of(letter(stage, new byte[] {1}, headers));
  }

  /** The replay of that dead letter, as departures-2@80. */
  static Replay replay() {
    return new Replay(new Position(0, 17), "departures", 2, 55, 2, 80, 1, NOON);
  }

  /** The dead letter at 1:3 of the replayed record. */
  static DeadLetterEntry rejectedAgain() {
    return new DeadLetterEntry(
        new Position(1, 3),
        NOON,
        "CONTRACT",
        "ingest",
        "",
        "departures",
        2,
        80,
        "unknown",
        1,
        new Position(0, 17),
        false);
  }
}
