package dev.millrace.drift.wire;

import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.deadletter.DeadLetter;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.util.OutputTag;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A record that could not be decoded, as a {@link DeadLetter} in types that Flink serializes.
 *
 * @param headerNames one for each of {@code headerValues}
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record Unreadable(
    byte @Nullable [] key,
    byte @Nullable [] value,
    long timestampMillis,
    List<String> headerNames,
    List<byte[]> headerValues) {
  /** Side output of the operators that read. */
  public static final OutputTag<Unreadable> DEAD_LETTERS =
      new OutputTag<>("dead-letters", TypeInformation.of(Unreadable.class));

  private static final String STAGE = "drift";

  static Unreadable of(ConsumerRecord<byte[], byte[]> record, Decoded.Rejected reason) {
    DeadLetter letter = DeadLetter.of(STAGE, record, reason.code(), reason.detail());
    List<String> names = new ArrayList<>();
    List<byte[]> values = new ArrayList<>();
    for (Header header : letter.headers()) {
      if (header.value() != null) { // Flink's lists hold none.
        names.add(header.key());
        values.add(header.value());
      }
    }
    return new Unreadable(letter.key(), letter.value(), record.timestamp(), names, values);
  }

  /** The record to write. */
  public ProducerRecord<byte[], byte[]> toRecord(String topic) {
    Headers headers = new RecordHeaders();
    for (int i = 0; i < headerNames.size(); i++) {
      headers.add(headerNames.get(i), headerValues.get(i));
    }
    Long timestamp = timestampMillis < 0 ? null : (Long) timestampMillis;
    return new ProducerRecord<>(topic, null, timestamp, key, value, headers);
  }
}
