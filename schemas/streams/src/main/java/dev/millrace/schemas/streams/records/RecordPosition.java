package dev.millrace.schemas.streams.records;

import org.apache.kafka.streams.processor.api.RecordMetadata;

/** The topic, partition and offset of a record. */
public record RecordPosition(String topic, int partition, long offset) {
  /** The position of the record that Kafka Streams processes now. */
  public static RecordPosition of(RecordMetadata metadata) {
    return new RecordPosition(metadata.topic(), metadata.partition(), metadata.offset());
  }
}
