package dev.millrace.ingest;

import java.time.InstantSource;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * A record's time is that of its publication, between 1970 and now. The default extractor stops the
 * stream at a negative time, and a broker refuses to store one that lies ahead; producers cause
 * both.
 */
final class PublicationTime implements TimestampExtractor {
  private final InstantSource clock;

  PublicationTime(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
    return Math.max(0, Math.min(record.timestamp(), clock.millis()));
  }
}
