package dev.millrace.ingest.topology;

import static dev.millrace.ingest.topology.ShopPayments.NOON;
import static dev.millrace.ingest.topology.ShopPayments.payment;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.pipeline.LatePolicy;
import dev.millrace.schemas.topics.WireHeaders;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Downstream jobs keep one event clock for each arrival partition. */
class ArrivalHeaderTest {

  @Test
  void cleanAndLateEventsHaveAHeaderWithTheArrivalPartition() {
    try (SourceTasks tasks = new SourceTasks(ShopPayments.pipeline(3, LatePolicy.TOPIC))) {
      for (int partition = 0; partition < 3; partition++) {
        for (int i = 0; i < 3; i++) {
          tasks.send(partition, payment("p" + partition + i), NOON);
        }
        tasks.send(
            partition, payment("late" + partition, "alice", NOON.minus(Duration.ofHours(1))), NOON);
      }
      assertThat(tasks.cleanRecords())
          .extracting(record -> WireHeaders.arrival(record.headers(), -1))
          .isEqualTo(List.of(0, 0, 0, 1, 1, 1, 2, 2, 2));
      assertThat(tasks.lateRecords())
          .extracting(record -> WireHeaders.arrival(record.headers(), -1))
          .isEqualTo(List.of(0, 1, 2));
    }
  }
}
