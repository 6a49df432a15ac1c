package dev.millrace.inference.rows;

import dev.millrace.schemas.topics.WireHeaders;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * Extracts the event time of a vector or feature row, by which Kafka Streams merges them with the
 * events. The record timestamp is the time of writing: ordered by it, every event of a backlog
 * would be processed before the vector that it waits for.
 */
public final class RowTimestampExtractor implements TimestampExtractor {
  @Override
  public long extract(ConsumerRecord<Object, Object> row, long partitionTime) {
    return Math.max(0, WireHeaders.rowTime(row.headers(), row.timestamp()));
  }
}
