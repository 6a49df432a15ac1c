package dev.millrace.ingest.topics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class ArrivalEndsTest {
  private static final String TOPIC = "payments";

  private static final class FakeCluster implements ArrivalEnds.Cluster {
    private final Map<TopicPartition, Long> ends = new HashMap<>();
    private final Map<TopicPartition, Long> read = new HashMap<>();
    private int partitions = 2;
    private int questions;
    private boolean markersOnly;
    private boolean fails;

    @Override
    public Map<String, Integer> counts(Set<String> topics) {
      return Map.of(TOPIC, partitions);
    }

    @Override
    public Map<TopicPartition, Long> ends(Set<TopicPartition> asked) throws ExecutionException {
      questions++;
      if (fails) {
        throw new ExecutionException("away", new IllegalStateException());
      }
      return ends;
    }

    @Override
    public Map<TopicPartition, Long> read(Set<TopicPartition> asked) {
      return read;
    }

    @Override
    public boolean isEmpty(TopicPartition partition, long from, long to) {
      return markersOnly;
    }
  }

  private final FakeCluster cluster = new FakeCluster();
  private long nowMillis = 100_000;
  private final ArrivalEnds arrivals =
      new ArrivalEnds(Set.of(TOPIC), cluster, () -> Instant.ofEpochMilli(nowMillis));

  private void set(int partition, long read, long end) {
    cluster.read.put(new TopicPartition(TOPIC, partition), read);
    cluster.ends.put(new TopicPartition(TOPIC, partition), end);
  }

  /** A task asks, then the cluster is asked, then the task asks again. */
  private boolean readToEnd(int partition, long sinceMillis) {
    boolean unused = arrivals.readToEnd(TOPIC, partition, sinceMillis);
    nowMillis += 1_000;
    arrivals.ask();
    return arrivals.readToEnd(TOPIC, partition, sinceMillis);
  }

  @Test
  void asksOnlyWhileATaskAsks() {
    arrivals.ask();
    assertThat(cluster.questions).isZero();

    set(0, 5, 5);
    assertThat(readToEnd(0, 0)).isTrue();
    nowMillis += 6_000;
    arrivals.ask();
    assertThat(cluster.questions).isEqualTo(1);
  }

  @Test
  void aPartitionIsReadToItsEndIfTheCommittedOffsetHasReachedIt() {
    set(0, 4, 5);
    set(1, 0, 0);
    assertThat(readToEnd(0, 0)).isFalse();
    assertThat(readToEnd(1, 0)).isTrue();

    set(0, 5, 5);
    assertThat(readToEnd(0, 0)).isTrue();

    set(0, 5, 6);
    assertThat(readToEnd(0, 0)).isFalse();
  }

  /** A record may have come after an older answer. */
  @Test
  void anAnswerThatIsNotNewerDoesNotCount() {
    set(0, 5, 5);
    assertThat(readToEnd(0, nowMillis + 1_000)).isFalse();
    assertThat(readToEnd(0, nowMillis + 999)).isTrue();
  }

  @Test
  void anOffsetThatStandsBeforeMarkersOfTransactionsIsTheEnd() {
    cluster.markersOnly = true;
    set(0, 4, 5);
    assertThat(readToEnd(0, 0)).isFalse();
    assertThat(readToEnd(0, 0)).isTrue();

    cluster.markersOnly = false;
    assertThat(readToEnd(0, 0)).isFalse();
  }

  @Test
  void withoutAnAnswerNothingIsReadToItsEnd() {
    cluster.fails = true;
    set(0, 5, 5);
    assertThat(readToEnd(0, 0)).isFalse();

    cluster.fails = false;
    assertThat(readToEnd(0, 0)).isTrue();
  }

  @Test
  void countsAGrownTopicAgain() {
    assertThat(arrivals.count(TOPIC)).isEqualTo(2);
    cluster.partitions = 3;
    nowMillis += 10_000;
    arrivals.ask();
    assertThat(arrivals.count(TOPIC)).isEqualTo(3);
  }
}
