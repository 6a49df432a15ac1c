package dev.millrace.inference.waiting;

import dev.millrace.inference.policy.WaitStart;
import dev.millrace.inference.rows.Row;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * An event of the scored source's clean topic, and those of its rows that it has so far.
 *
 * @param offset in the clean topic
 * @param timeMillis event time
 * @param fields the decoded value
 * @param times since when it waits
 * @param rows the rows that this event produced, by the index of their view; null: not arrived
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared; the rows are filled in as they arrive.
public record CleanEvent(
    long offset,
    long timeMillis,
    byte[] key,
    byte[] value,
    Headers headers,
    GenericRecord fields,
    WaitStart times,
    @Nullable Row[] rows) {

  boolean hasRow(int view) {
    return rows[view] != null;
  }
}
