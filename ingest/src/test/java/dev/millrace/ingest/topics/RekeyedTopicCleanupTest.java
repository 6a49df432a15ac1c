package dev.millrace.ingest.topics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.ingest.topology.ShopPayments;
import dev.millrace.schemas.pipeline.LatePolicy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

class RekeyedTopicCleanupTest {
  private static final TopicPartition REKEYED = new TopicPartition(ShopPayments.REKEYED, 0);
  private static final TopicPartition PRODUCERS = new TopicPartition(ShopPayments.TOPIC, 0);

  private static final class FakeCluster implements RekeyedTopicCleanup.Cluster {
    private final Map<TopicPartition, Long> committed = new HashMap<>();
    private final List<Map<TopicPartition, Long>> deletions = new ArrayList<>();
    private boolean refuses;

    @Override
    public Map<TopicPartition, Long> committed() {
      return committed;
    }

    @Override
    public void deleteBefore(Map<TopicPartition, Long> offsets) throws ExecutionException {
      if (refuses) {
        throw new ExecutionException(new TopicAuthorizationException("DELETE"));
      }
      deletions.add(offsets);
    }
  }

  private final FakeCluster cluster = new FakeCluster();
  private final RekeyedTopicCleanup records =
      new RekeyedTopicCleanup(ShopPayments.pipeline(4, LatePolicy.TOPIC), cluster);

  @Test
  void committedRecordsOfTheRekeyedTopicAreDeletedOnce() {
    cluster.committed.putAll(Map.of(REKEYED, 17L, PRODUCERS, 99L));
    records.deleteConsumed();
    records.deleteConsumed();
    cluster.committed.put(REKEYED, 18L);
    records.deleteConsumed();
    assertThat(cluster.deletions).containsExactly(Map.of(REKEYED, 17L), Map.of(REKEYED, 18L));
  }

  @Test
  void aFailedDeletionIsRetried() {
    cluster.committed.put(REKEYED, 17L);
    cluster.refuses = true;
    records.deleteConsumed();
    cluster.refuses = false;
    records.deleteConsumed();
    assertThat(cluster.deletions).containsExactly(Map.of(REKEYED, 17L));
  }

  @Test
  void nothingIsDeletedBeforeTheFirstCommit() {
    records.deleteConsumed();
    assertThat(cluster.deletions).isEmpty();
  }
}
