package dev.millrace.ingest.topology;

/** What a task asks about the producers' topics. Thread-safe; the answers come from memory. */
public interface ArrivalPartitions {
  /** The number of partitions of a producers' topic. */
  int count(String topic);

  /**
   * Whether ingest had read and committed a partition up to its end at some time after another. The
   * question is repeated while the partition is silent; an answer takes some seconds.
   *
   * @param sinceMillis wall-clock time
   */
  boolean readToEnd(String topic, int partition, long sinceMillis);
}
