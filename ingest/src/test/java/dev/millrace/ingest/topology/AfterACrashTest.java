package dev.millrace.ingest.topology;

import static dev.millrace.ingest.topology.ShopPayments.NOON;
import static dev.millrace.ingest.topology.ShopPayments.payment;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * At least once: state and output are acknowledged separately, so a kill may keep one and lose the
 * other. The records since the last commit are read again.
 */
class AfterACrashTest {
  private static final String ALICE = "alice";

  private final SourceTasks tasks = new SourceTasks(ShopPayments.atLeastOnce(3));
  private final int own = tasks.partitionOf(ALICE);
  private final int other = (own + 1) % 3;

  @AfterEach
  void close() {
    tasks.close();
  }

  @Test
  void anEventWithAStoredIdAndLostOutputIsWrittenAgain() {
    long offset = tasks.write(own, payment("p"), NOON);
    tasks.readAndLoseOutput(own, offset);
    tasks.restart();
    tasks.read(own, offset);
    assertThat(tasks.clean()).containsExactly("p");

    tasks.send(own, payment("p"), NOON);
    assertThat(tasks.clean()).containsExactly("p");
  }

  @Test
  void aRekeyedEventWithAStoredIdAndLostOutputIsWrittenAgain() {
    long offset = tasks.write(other, payment("p"), NOON);
    tasks.read(other, offset);
    tasks.readRekeyedAndLoseOutput(own);
    tasks.restart();
    tasks.readRekeyed();
    assertThat(tasks.clean()).containsExactly("p");

    tasks.send(other, payment("p"), NOON);
    tasks.send(own, payment("p"), NOON);
    assertThat(tasks.clean()).containsExactly("p");
  }

  /** The record is written to the rekeyed topic twice; both have the same arrival position. */
  @Test
  void anEventThatIsRekeyedAgainAfterLostOutputIsWritten() {
    long offset = tasks.write(other, payment("p"), NOON);
    tasks.read(other, offset);
    tasks.readRekeyedAndLoseOutput(own);
    tasks.restart();
    tasks.read(other, offset);
    tasks.readRekeyed();
    assertThat(tasks.clean()).isNotEmpty().containsOnly("p");
  }

  @Test
  void anEventWithALostIdIsRepeatedUnderItsId() {
    long offset = tasks.send(own, payment("p"), NOON);
    loseIds();
    tasks.restart();
    tasks.read(own, offset);
    assertThat(tasks.clean()).containsExactly("p", "p");
  }

  @Test
  void eventsReadAgainGetTheSameLateness() {
    List<Duration> times =
        List.of(Duration.ofHours(9), Duration.ofHours(8), Duration.ofHours(7), Duration.ofHours(6));
    for (int i = 0; i < times.size(); i++) {
      tasks.write(own, payment("p" + i, ALICE, NOON.minus(times.get(i))), NOON);
    }
    long late = tasks.write(own, payment("late", ALICE, NOON.minus(Duration.ofHours(10))), NOON);
    for (long offset = 0; offset <= late; offset++) {
      tasks.readAndLoseOutput(own, offset);
    }
    tasks.restart();
    for (long offset = 0; offset <= late; offset++) {
      tasks.read(own, offset);
    }
    assertThat(tasks.clean()).containsExactly("p0", "p1", "p2", "p3");
    assertThat(tasks.late()).containsExactly("late");
  }

  /** A clock that is ahead of the records read again must not make them late. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void eventsReadAgainAreNotLateIfTheClockIsAhead(boolean idsAreLost) {
    for (int partition : new int[] {own, other}) {
      for (int hours = 9; hours > 5; hours--) {
        tasks.write(
            partition,
            payment(partition + "-" + hours, ALICE, NOON.minus(Duration.ofHours(hours))),
            NOON);
      }
      for (long offset = 0; offset < 4; offset++) {
        tasks.read(partition, offset);
      }
    }
    tasks.readRekeyed();
    tasks.cleanRecords().clear();
    if (idsAreLost) {
      loseIds();
    }
    tasks.restart();
    for (long offset = 0; offset < 4; offset++) {
      tasks.read(own, offset);
      tasks.read(other, offset);
    }
    tasks.readRekeyed();
    assertThat(tasks.clean()).hasSize(8).doesNotHaveDuplicates();
    assertThat(tasks.late()).isEmpty();
  }

  private void loseIds() {
    KeyValueStore<byte[], byte[]> ids = tasks.ids(own);
    try (KeyValueIterator<byte[], byte[]> all = ids.all()) {
      all.forEachRemaining(entry -> ids.delete(entry.key));
    }
  }
}
