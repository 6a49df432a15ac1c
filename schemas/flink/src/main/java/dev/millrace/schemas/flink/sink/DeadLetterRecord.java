package dev.millrace.schemas.flink.sink;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.deadletter.DeadLetter;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.util.OutputTag;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A {@link DeadLetter} in types that Flink serializes.
 *
 * @param timestampMillis of the rejected record; negative: none
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record DeadLetterRecord(
    byte @Nullable [] key,
    byte @Nullable [] value,
    long timestampMillis,
    List<DeadLetterRecord.HeaderEntry> headers) {
  public static final TypeInformation<DeadLetterRecord> TYPE =
      TypeInformation.of(DeadLetterRecord.class);

  /** The side output of operators that read records. */
  public static final OutputTag<DeadLetterRecord> OUTPUT = new OutputTag<>("dead-letters", TYPE);

  /** A header of the record, which may occur several times. */
  public record HeaderEntry(String name, byte @Nullable [] value) {}

  /**
   * The dead letter of a record.
   *
   * @param stage that rejected it: features or drift
   */
  public static DeadLetterRecord of(
      String stage, ConsumerRecord<byte[], byte[]> record, Decoded.Rejected reason) {
    DeadLetter letter = DeadLetter.of(stage, record, reason.code(), reason.detail());
    List<HeaderEntry> headers = new ArrayList<>();
    letter.headers().forEach(header -> headers.add(new HeaderEntry(header.key(), header.value())));
    return new DeadLetterRecord(letter.key(), letter.value(), record.timestamp(), headers);
  }

  /**
   * The text of the last header of a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public String header(String name) {
    for (int i = headers.size() - 1; i >= 0; i--) {
      byte[] value = headers.get(i).value();
      if (headers.get(i).name().equals(name) && value != null) {
        return new String(value, UTF_8);
      }
    }
    throw new IllegalArgumentException("The dead letter has no header " + name);
  }

  ProducerRecord<byte[], byte[]> toProducerRecord(String topic) {
    Headers written = new RecordHeaders();
    headers.forEach(header -> written.add(header.name(), header.value()));
    Long timestamp = timestampMillis < 0 ? null : (Long) timestampMillis;
    return new ProducerRecord<>(topic, null, timestamp, key, value, written);
  }
}
