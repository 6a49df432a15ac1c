package dev.millrace.inference.topology;

import dev.millrace.schemas.topics.Progress;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.jspecify.annotations.Nullable;

/**
 * The partition of a record of the predictions topic: that of its progress, and for predictions the
 * default by the key.
 */
final class PredictionPartitioner implements StreamPartitioner<byte[], byte[]> {
  @Override
  public Optional<Set<Integer>> partitions(
      String topic, byte @Nullable [] key, byte @Nullable [] value, int numPartitions) {
    OptionalInt ofProgress = value == null ? Progress.partitionOf(key) : OptionalInt.empty();
    return ofProgress.isPresent() ? Optional.of(Set.of(ofProgress.getAsInt())) : Optional.empty();
  }
}
