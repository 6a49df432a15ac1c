package dev.millrace.inference.repartition;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;
import java.util.Set;
import org.apache.kafka.streams.processor.StreamPartitioner;

/** Sends an answer to the partition in its {@link Answer#key}, which is that of the event. */
public final class AnswerPartitioner implements StreamPartitioner<byte[], byte[]> {
  @Override
  public Optional<Set<Integer>> partitions(String topic, byte[] key, byte[] value, int partitions) {
    String text = new String(key, UTF_8);
    return Optional.of(Set.of(Integer.parseInt(text, 0, text.indexOf(':'), 10)));
  }
}
