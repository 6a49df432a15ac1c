package dev.millrace.deploy.topic;

/**
 * A range of the offsets of a partition.
 *
 * @param from the first offset
 * @param to the offset after the last one
 */
public record TopicRange(String topic, int partition, long from, long to) {}
