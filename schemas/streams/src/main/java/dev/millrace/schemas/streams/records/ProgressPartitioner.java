package dev.millrace.schemas.streams.records;

import dev.millrace.schemas.topics.Progress;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.jspecify.annotations.Nullable;

/**
 * Sends a progress record to the partition in its key. It is for topics in which all other records
 * have a value: these go where Kafka's producer sends a record with their key.
 */
public final class ProgressPartitioner implements StreamPartitioner<byte[], byte[]> {
  @Override
  public Optional<Set<Integer>> partitions(
      String topic, byte @Nullable [] key, byte @Nullable [] value, int partitions) {
    OptionalInt partition = value == null ? Progress.partitionOf(key) : OptionalInt.empty();
    return partition.isPresent() ? Optional.of(Set.of(partition.getAsInt())) : Optional.empty();
  }
}
