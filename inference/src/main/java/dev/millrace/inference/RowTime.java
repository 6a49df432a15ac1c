package dev.millrace.inference;

import dev.millrace.schemas.topics.WireHeaders;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * A feature row's event time, by which Kafka Streams puts rows and events in order. By the record
 * timestamp, which is the time of writing, every event of a backlog would come before the rows that
 * it waits for.
 */
final class RowTime implements TimestampExtractor {
  @Override
  public long extract(ConsumerRecord<Object, Object> row, long partitionTime) {
    return Math.max(0, WireHeaders.rowTime(row.headers(), row.timestamp()));
  }
}
