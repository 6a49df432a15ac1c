package dev.millrace.inference;

import org.apache.kafka.streams.processor.api.RecordMetadata;

/** Where a record stands in Kafka. */
record Origin(String topic, int partition, long offset) {
  static Origin of(RecordMetadata metadata) {
    return new Origin(metadata.topic(), metadata.partition(), metadata.offset());
  }
}
