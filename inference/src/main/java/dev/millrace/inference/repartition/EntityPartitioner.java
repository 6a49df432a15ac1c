package dev.millrace.inference.repartition;

import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.processor.StreamPartitioner;

/**
 * Sends a question to the partition of its key, the entity: where Kafka's producer, and so the
 * features job, puts the rows of the entity.
 */
public final class EntityPartitioner implements StreamPartitioner<byte[], byte[]> {
  @Override
  public Optional<Set<Integer>> partitions(String topic, byte[] key, byte[] value, int partitions) {
    return Optional.of(Set.of(Utils.toPositive(Utils.murmur2(key)) % partitions));
  }
}
