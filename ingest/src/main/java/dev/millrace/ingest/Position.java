package dev.millrace.ingest;

import org.apache.kafka.streams.processor.api.RecordMetadata;

/** Where a record stood in its topic. */
record Position(String topic, int partition, long offset) implements RecordMetadata {

  static Position of(RecordMetadata metadata) {
    return new Position(metadata.topic(), metadata.partition(), metadata.offset());
  }
}
