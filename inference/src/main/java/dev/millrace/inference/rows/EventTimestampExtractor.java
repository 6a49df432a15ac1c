package dev.millrace.inference.rows;

import dev.millrace.schemas.topics.Progress;
import dev.millrace.schemas.topics.WireHeaders;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.FailOnInvalidTimestamp;

/**
 * Extracts the event time of an event or a progress record. A progress record whose timestamp is
 * the time of writing would keep the events behind it from being read in a replay.
 */
public final class EventTimestampExtractor extends FailOnInvalidTimestamp {
  @Override
  public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
    return record.value() == null && record.headers().lastHeader(WireHeaders.PROGRESS) != null
        ? Math.max(0, WireHeaders.number(record.headers(), WireHeaders.PROGRESS, Progress.NONE))
        : super.extract(record, partitionTime);
  }
}
