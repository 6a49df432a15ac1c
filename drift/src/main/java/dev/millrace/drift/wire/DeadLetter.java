package dev.millrace.drift.wire;

import dev.millrace.schemas.wire.Decoded;
import dev.millrace.schemas.wire.Rejection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.util.OutputTag;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A record that could not be decoded: key, value and headers as they were read, and headers that
 * say what was wrong and where the record stands.
 *
 * @param headerNames one for each of {@code headerValues}
 * @see <a href="https://cwiki.apache.org/confluence/x/HwviEQ">KIP-1034, for the names</a>
 */
@SuppressWarnings("ArrayRecordComponent") // Kafka's own types, compared by nothing.
public record DeadLetter(
    byte @Nullable [] key,
    byte @Nullable [] value,
    long timestampMillis,
    List<String> headerNames,
    List<byte[]> headerValues) {
  /** Side output of the operators that read. */
  public static final OutputTag<DeadLetter> TAG =
      new OutputTag<>("dead-letters", TypeInformation.of(DeadLetter.class));

  private static final String STREAMS = "__streams.errors.";
  private static final String ERROR = "millrace.error.";
  private static final String STAGE = "drift";

  /** Keeps the headers readable. */
  private static final int LONGEST_DETAIL = 2_000;

  /**
   * What was read fits into a record, but with our headers it may not: the rest up to a producer's
   * default limit (max.request.size, 1,048,576 bytes) is left to key and headers.
   */
  private static final int LONGEST_VALUE = 900_000;

  static DeadLetter of(ConsumerRecord<byte[], byte[]> record, Decoded.Rejected reason) {
    String detail = reason.detail();
    String text =
        detail.length() <= LONGEST_DETAIL ? detail : detail.substring(0, LONGEST_DETAIL) + "...";
    Map<String, String> errors = new LinkedHashMap<>();
    errors.put(STREAMS + "exception", Rejection.class.getName());
    errors.put(STREAMS + "message", text);
    errors.put(STREAMS + "topic", record.topic());
    errors.put(STREAMS + "partition", String.valueOf(record.partition()));
    errors.put(STREAMS + "offset", String.valueOf(record.offset()));
    errors.put(ERROR + "code", reason.code().name());
    errors.put(ERROR + "stage", STAGE);
    errors.put(ERROR + "detail", text);
    byte[] value = record.value();
    if (value != null && value.length > LONGEST_VALUE) {
      errors.put(ERROR + "value.length", String.valueOf(value.length));
      value = Arrays.copyOf(value, LONGEST_VALUE);
    }
    List<String> names = new ArrayList<>();
    List<byte[]> values = new ArrayList<>();
    for (Header header : record.headers()) {
      if (!errors.containsKey(header.key()) && header.value() != null) {
        names.add(header.key());
        values.add(header.value());
      }
    }
    errors.forEach(
        (name, error) -> {
          names.add(name);
          values.add(error.getBytes(StandardCharsets.UTF_8));
        });
    return new DeadLetter(record.key(), value, record.timestamp(), names, values);
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
