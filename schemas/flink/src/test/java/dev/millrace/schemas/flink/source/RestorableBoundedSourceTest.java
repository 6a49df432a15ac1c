package dev.millrace.schemas.flink.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.registry.InMemoryRegistry;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RestorableBoundedSourceTest {
  private static final KafkaPartitionSplit SPLIT =
      new KafkaPartitionSplit(new TopicPartition("t", 0), 3, 9);

  /** Calls of the enumerator, except those that would reach a broker. */
  private final List<String> calls = new ArrayList<>();

  @SuppressWarnings("unchecked")
  private final SplitEnumeratorContext<KafkaPartitionSplit> context =
      (SplitEnumeratorContext<KafkaPartitionSplit>)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {SplitEnumeratorContext.class},
              (proxy, method, arguments) -> {
                switch (method.getName()) {
                  case "signalNoMoreSplits" -> calls.add("no more for " + arguments[0]);
                  case "assignSplits" -> calls.add("assign");
                  default -> {}
                }
                return switch (method.getName()) {
                  case "currentParallelism" -> 2;
                  case "registeredReaders" -> Map.of(0, "a reader", 1, "another");
                  default -> null;
                };
              });

  /** All partitions were assigned before the checkpoint, so none is discovered. */
  @Test
  void aRestoredReaderLearnsThatThereAreNoMoreSplits() throws Exception {
    try (var enumerator = restored(new KafkaSourceEnumState(Set.of(SPLIT), Set.of(), true))) {
      enumerator.addReader(1);
      assertThat(calls).containsExactly("no more for 1");
    }
  }

  /** A split that was not assigned comes first. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aSplitThatWasNotAssignedComesFirst(boolean discovered) throws Exception {
    try (var enumerator = restored(new KafkaSourceEnumState(Set.of(), Set.of(SPLIT), discovered))) {
      enumerator.start();
      enumerator.addReader(0);
      enumerator.addReader(1);
      assertThat(calls.contains("no more for 0")).isEqualTo(discovered);
      assertThat(calls).contains("assign");
    }
  }

  private SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restored(
      KafkaSourceEnumState state) throws Exception {
    Properties settings = new Properties();
    settings.setProperty("bootstrap.servers", "localhost:1");
    RecordTopic topic = RecordTopic.of("t", Schema.create(Schema.Type.STRING), "at");
    return KafkaSources.until(
            settings,
            topic,
            List.of(9L),
            new RecordReader("features", "p", topic, InMemoryRegistry::new))
        .restoreEnumerator(context, state);
  }
}
