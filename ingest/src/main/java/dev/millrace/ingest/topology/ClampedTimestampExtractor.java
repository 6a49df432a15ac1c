package dev.millrace.ingest.topology;

import java.time.InstantSource;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * Uses the time of publication as a record's timestamp, limited to the range from 1970 to now.
 * Producers may send times outside it: the default extractor stops the stream at a negative time,
 * and a broker rejects a time in the future.
 */
final class ClampedTimestampExtractor implements TimestampExtractor {
  private final InstantSource clock;

  ClampedTimestampExtractor(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
    return Math.max(0, Math.min(record.timestamp(), clock.millis()));
  }
}
