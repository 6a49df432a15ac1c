package dev.millrace.schemas.flink.sink;

import java.io.Serializable;
import java.time.Instant;
import org.apache.avro.generic.IndexedRecord;
import org.apache.flink.util.function.SerializableFunction;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Converts an element of a stream to a Kafka record.
 *
 * @param <T> type of the stream's elements
 */
public interface RecordLayout<T> extends Serializable {
  String key(T element);

  /** The Avro record; null for a tombstone. */
  @Nullable IndexedRecord value(T element);

  /**
   * What is written in place of a value that does not fit into a request; null if the record is
   * left out.
   */
  default @Nullable IndexedRecord shortened(T element) {
    return null;
  }

  /** The record's timestamp; null for the time of writing. */
  default @Nullable Instant timestamp(T element) {
    return null;
  }

  /** The record's partition; null for the one that its key determines. */
  default @Nullable Integer partition(T element) {
    return null;
  }

  /** Adds the record's headers. */
  default void addHeaders(T element, Headers headers) {}

  /** The layout of elements that are Avro records, with one of their times as timestamp. */
  static <T extends IndexedRecord> RecordLayout<T> of(
      SerializableFunction<T, String> key, SerializableFunction<T, Instant> timestamp) {
    return new RecordLayout<>() {
      private static final long serialVersionUID = 1L;

      @Override
      public String key(T element) {
        return key.apply(element);
      }

      @Override
      public IndexedRecord value(T element) {
        return element;
      }

      @Override
      public Instant timestamp(T element) {
        return timestamp.apply(element);
      }
    };
  }
}
