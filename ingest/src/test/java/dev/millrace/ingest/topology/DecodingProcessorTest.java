package dev.millrace.ingest.topology;

import static dev.millrace.ingest.topology.ShopPayments.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.ingest.parked.DecodedRecord;
import dev.millrace.ingest.parked.ParkingDecoder;
import dev.millrace.ingest.topology.DecodingTasks.Task;
import dev.millrace.schemas.registry.RegistryUnavailable;
import dev.millrace.schemas.streams.records.RecordPosition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Parking and releasing records in one task. */
class DecodingProcessorTest {
  private final DecodingTasks tasks = new DecodingTasks();

  @Test
  void aReleasedRecordIsUnchanged() {
    Task task = tasks.start();
    tasks.registry.up = false;
    task.read(42, tasks.newer("p"));
    assertThat(task.next.records).isEmpty();
    tasks.registry.up = true;
    task.tickUntilAllIsReleased();

    DecodedRecord released = task.next.records.get(0);
    assertThat(released.position()).isEqualTo(new RecordPosition(ShopPayments.TOPIC, 3, 42));
    assertThat(released.record().key()).isNull();
    assertThat(released.record().value()).isEqualTo(tasks.newer("p"));
    assertThat(released.record().timestamp()).isEqualTo(NOON.toEpochMilli());
    assertThat(released.record().headers().lastHeader("trace").value()).containsExactly(1, 2);
    assertThat(released.clockWhenParkedMillis()).hasValue(7);
    assertThat(task.state()).isEmpty();
  }

  @Test
  void theStreamStopsAtTheLimitsAndResumes() {
    for (ParkingDecoder.Limits bounds :
        List.of(new ParkingDecoder.Limits(3, 1 << 20), new ParkingDecoder.Limits(99, 400))) {
      Task task = tasks.start(Map.of(), bounds);
      tasks.registry.up = false;
      List<String> taken = new ArrayList<>();
      assertThatThrownBy(
              () -> {
                while (taken.size() < 90) {
                  task.read(taken.size(), tasks.newer("p" + taken.size()));
                  taken.add("p" + taken.size());
                }
              })
          .isInstanceOf(RegistryUnavailable.class)
          .hasMessageContaining("payments")
          .hasMessageContaining("are parked");
      assertThat(taken).hasSizeBetween(2, 4);

      Task replaced = tasks.start(task.state(), bounds);
      assertThatThrownBy(() -> replaced.read(taken.size(), tasks.newer("next")))
          .isInstanceOf(RegistryUnavailable.class);
      tasks.registry.up = true;
      tasks.advance(Duration.ofSeconds(10));
      Task again = tasks.start(task.state(), bounds);
      again.read(taken.size(), tasks.newer("next"));
      again.tickUntilAllIsReleased();
      assertThat(again.next.ids()).containsAll(taken).endsWith("next").hasSize(taken.size() + 1);
    }
  }

  @Test
  void aRecordTooLargeToParkStopsTheStream() {
    Task task = tasks.start();
    tasks.registry.up = false;
    byte[] large = tasks.newer("x".repeat(dev.millrace.schemas.deadletter.RecordSize.MAX_BYTES));
    assertThatThrownBy(() -> task.read(0, large))
        .isInstanceOf(RegistryUnavailable.class)
        .hasMessageContaining("too large");
  }

  @Test
  void aReusedTaskReleasesEachRecordOnce() {
    Task task = tasks.start();
    tasks.registry.up = false;
    task.read(0, tasks.newer("p"));
    assertThat(tasks.parked()).isEqualTo(1);

    task.processor.close();
    assertThat(tasks.parked()).isEqualTo(0);
    task.processor.init(task.context);
    assertThat(tasks.parked()).isEqualTo(1);
    assertThat(task.context.scheduledPunctuators()).hasSize(2);
    assertThat(task.context.scheduledPunctuators().get(0).cancelled()).isTrue();
    tasks.registry.up = true;
    task.tickUntilAllIsReleased();
    assertThat(task.next.ids()).containsExactly("p");
    assertThat(tasks.parked()).isEqualTo(0);
  }

  /** Kafka Streams closes a processor whose initialisation failed. */
  @Test
  void anUninitialisedProcessorCanBeClosed() {
    tasks.start().newProcessor().close();
    assertThat(tasks.parked()).isIn(null, 0.0);
  }
}
