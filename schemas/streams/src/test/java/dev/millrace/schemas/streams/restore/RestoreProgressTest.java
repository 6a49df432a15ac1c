package dev.millrace.schemas.streams.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.client.CollectorRegistry;
import java.time.InstantSource;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.StandbyUpdateListener.SuspendReason;
import org.apache.kafka.streams.processor.TaskId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RestoreProgressTest {
  private static final String CARDS = "card-entities";
  private static final TopicPartition FIRST = new TopicPartition("cards-changelog", 0);
  private static final TopicPartition SECOND = new TopicPartition("cards-changelog", 1);

  private final CollectorRegistry metrics = new CollectorRegistry();
  private final RestoreProgress progress =
      new RestoreProgress("shop", List.of(CARDS, "merchants"), metrics, InstantSource.system());
  private final StandbyLag standbys = new StandbyLag("shop", List.of(CARDS), metrics);

  @Test
  void everyStoreHasItsMetricsFromTheStart() {
    assertThat(value("restored_records_total", "merchants")).isZero();
    assertThat(value("restore_remaining_records", "merchants")).isZero();
    assertThat(value("standby_lag_records", CARDS)).isZero();
  }

  /** The changelog of the first partition begins at an offset above 0, and has gaps. */
  @Test
  void theProgressOfAStoreIsThatOfAllItsPartitions() {
    progress.onRestoreStart(FIRST, CARDS, 10_000, 200_000);
    progress.onRestoreStart(SECOND, CARDS, 0, 100_000);
    assertThat(progress.text()).isEqualTo("restoring card-entities: 0 %, 0 of 290,000 records");
    progress.onBatchRestored(FIRST, CARDS, 29_999, 15_000);
    progress.onRestoreEnd(SECOND, CARDS, 100_000);
    assertThat(progress.text())
        .isEqualTo("restoring card-entities: 41 %, 120,000 of 290,000 records");
    assertThat(value("restored_records_total", CARDS)).isEqualTo(15_000);
    assertThat(value("restore_remaining_records", CARDS)).isEqualTo(170_000);
    progress.onRestoreEnd(FIRST, CARDS, 160_000);
    assertThat(progress.text()).isEmpty();
    assertThat(value("restore_remaining_records", CARDS)).isZero();
  }

  @Test
  void severalStoresAreNamed() {
    progress.onRestoreStart(FIRST, CARDS, 0, 10);
    progress.onRestoreStart(new TopicPartition("merchants", 0), "merchants", 0, 3);
    progress.onBatchRestored(new TopicPartition("merchants", 0), "merchants", 0, 1);
    assertThat(progress.text())
        .isEqualTo(
            "restoring card-entities: 0 %, 0 of 10 records; merchants: 33 %, 1 of 3 records");
  }

  @Test
  void aPartitionThatMovesAwayDoesNotCountAnyMore() {
    progress.onRestoreStart(FIRST, CARDS, 0, 10);
    progress.onRestoreStart(SECOND, CARDS, 0, 20);
    progress.onRestoreSuspended(FIRST, CARDS, 0);
    assertThat(progress.text()).contains("0 of 20");
    progress.onRestoreSuspended(SECOND, CARDS, 0);
    assertThat(progress.text()).isEmpty();
    assertThat(value("restore_remaining_records", CARDS)).isZero();
  }

  @Test
  void aStoreWithoutRecordsIsNotRestored() {
    progress.onRestoreStart(FIRST, CARDS, 7, 7);
    progress.onRestoreEnd(FIRST, CARDS, 0);
    assertThat(progress.text()).isEmpty();
  }

  @Test
  void theLagOfStandbysIsThatOfAllPartitions() {
    standbys.onBatchLoaded(FIRST, CARDS, new TaskId(0, 0), 89, 10, 100);
    standbys.onBatchLoaded(SECOND, CARDS, new TaskId(0, 1), 49, 10, 55);
    assertThat(value("standby_lag_records", CARDS)).isEqualTo(15);
    standbys.onUpdateSuspended(FIRST, CARDS, 90, 100, SuspendReason.PROMOTED);
    assertThat(value("standby_lag_records", CARDS)).isEqualTo(5);
  }

  private @Nullable Double value(String name, String store) {
    return metrics.getSampleValue(
        "millrace_" + name, new String[] {"pipeline", "store"}, new String[] {"shop", store});
  }
}
