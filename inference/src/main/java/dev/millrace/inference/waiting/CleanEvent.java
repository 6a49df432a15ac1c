package dev.millrace.inference.waiting;

import dev.millrace.inference.policy.WaitStart;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.header.Headers;

/**
 * An event of the scored source's clean topic.
 *
 * @param offset in the clean topic
 * @param timeMillis event time
 * @param fields the decoded value
 * @param times since when it waits
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record CleanEvent(
    long offset,
    long timeMillis,
    byte[] key,
    byte[] value,
    Headers headers,
    GenericRecord fields,
    WaitStart times) {}
