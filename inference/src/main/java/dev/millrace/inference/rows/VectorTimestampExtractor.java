package dev.millrace.inference.rows;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * Extracts the time of a vector: a millisecond after its event, so that Kafka Streams processes the
 * event first where both are there. A vector that is processed first would be written to the store
 * of early vectors.
 */
public final class VectorTimestampExtractor implements TimestampExtractor {
  private final TimestampExtractor rows = new RowTimestampExtractor();

  @Override
  public long extract(ConsumerRecord<Object, Object> vector, long partitionTime) {
    return rows.extract(vector, partitionTime) + 1;
  }
}
