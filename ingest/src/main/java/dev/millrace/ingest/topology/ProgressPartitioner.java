package dev.millrace.ingest.topology;

import dev.millrace.schemas.topics.Progress;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.jspecify.annotations.Nullable;

/**
 * Sends a progress record of a clean or rekeyed topic to the partition in its key. All other
 * records of these topics have a value, and go where Kafka's producer sends a record with their
 * key.
 */
final class ProgressPartitioner implements StreamPartitioner<byte[], byte[]> {
  @Override
  public Optional<Set<Integer>> partitions(
      String topic, byte @Nullable [] key, byte @Nullable [] value, int partitions) {
    OptionalInt partition = value == null ? Progress.partitionOf(key) : OptionalInt.empty();
    return partition.isPresent() ? Optional.of(Set.of(partition.getAsInt())) : Optional.empty();
  }
}
