package dev.millrace.schemas.flink.source;

import java.io.Serializable;

/**
 * The range of the offsets of a partition that a bounded job reads.
 *
 * @param from the first offset
 * @param to the offset after the last record
 */
public record OffsetRange(String topic, int partition, long from, long to)
    implements Serializable {}
