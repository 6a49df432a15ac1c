package dev.millrace.schemas.streams.failure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.registry.RegistryUnavailable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.processor.TaskId;
import org.junit.jupiter.api.Test;

class CrashLoopTest {
  private Instant now = Instant.parse("2026-01-05T12:00:00Z");
  private final ThreadReplacement replacement =
      new ThreadReplacement("shop", thrown -> true, thrown -> {}, Duration.ZERO, () -> now);

  @Test
  void fiveEqualFailuresInARowAreACrashLoopWithCauseAndPlace() {
    fail(4, tooLarge(1));
    assertThat(replacement.crashLoop()).isEmpty();

    fail(1, tooLarge(1));
    assertThat(replacement.crashLoop())
        .contains("5 times in a row", "task 0_1", "RecordTooLargeException")
        .contains("The message is 1200000 bytes", "topic predictions")
        .doesNotContain("\n");
  }

  @Test
  void outagesOfAnyLengthAreNotACrashLoop() {
    fail(100, failure(1, new RegistryUnavailable("no answer", new IOException("refused"))));
    fail(100, failure(1, new TimeoutException("Timed out waiting for a node assignment")));
    fail(100, failure(1, new IllegalStateException("in an error state", new TimeoutException())));

    assertThat(replacement.crashLoop()).isEmpty();
    assertThat(replacement.pausedBy()).contains("TimeoutException");
    pass(Duration.ofMinutes(3).plusSeconds(1));
    assertThat(replacement.pausedBy()).isEmpty();
  }

  @Test
  void failuresOfOtherTasksOrFarApartAreNotInARow() {
    for (int task = 0; task < 20; task++) {
      fail(1, tooLarge(task));
    }
    for (int i = 0; i < 20; i++) {
      pass(Duration.ofMinutes(11));
      fail(1, failure(3, new IllegalArgumentException("a rebalance")));
    }
    assertThat(replacement.crashLoop()).isEmpty();
  }

  @Test
  void failuresAtOtherRecordsAreNotInARow() {
    for (int i = 0; i < 20; i++) {
      fail(1, atOffset(1_000L * i));
    }
    assertThat(replacement.crashLoop()).isEmpty();

    fail(4, atOffset(1_000_000));
    assertThat(replacement.crashLoop()).isEmpty();
    fail(1, atOffset(1_000_000));
    assertThat(replacement.crashLoop())
        .contains("task 0_3", "topic=millrace.shop.payments, partition=3, offset=1000000");
  }

  @Test
  void aTopicThatIsMissingForMinutesIsAFaultWithItsName() {
    Throwable gone =
        failure(
            1,
            new TimeoutException(
                "Topic millrace.shop.predictions not present in metadata after 60000 ms.",
                new UnknownTopicOrPartitionException("This server does not host this topic")));
    fail(20, gone);
    assertThat(replacement.crashLoop()).as("a broker restarts").isEmpty();
    assertThat(replacement.pausedBy()).contains("topic millrace.shop.predictions does not exist");

    for (int minute = 0; minute < 5; minute++) {
      pass(Duration.ofMinutes(1));
      fail(1, gone);
    }
    assertThat(replacement.crashLoop())
        .contains("topic millrace.shop.predictions does not exist", "create it again");
    pass(Duration.ofMinutes(11));
    assertThat(replacement.crashLoop()).isEmpty();
  }

  @Test
  void detectsACrashLoopWithSlowRestartsAndItsEnd() {
    for (int i = 0; i < 5; i++) {
      pass(Duration.ofMinutes(9));
      fail(1, tooLarge(1));
    }
    assertThat(replacement.crashLoop()).isNotEmpty();
    pass(Duration.ofMinutes(11));
    assertThat(replacement.crashLoop()).isEmpty();
  }

  @Test
  void anOutageInBetweenDoesNotHideACrashLoop() {
    for (int i = 0; i < 5; i++) {
      fail(1, tooLarge(1));
      fail(1, failure(1, new TimeoutException("expired")));
    }
    assertThat(replacement.crashLoop()).isNotEmpty();
  }

  private void fail(int times, Throwable failure) {
    for (int i = 0; i < times; i++) {
      pass(Duration.ofSeconds(3));
      replacement.handle(failure);
    }
  }

  private void pass(Duration time) {
    now = now.plus(time);
  }

  /** The exception of a processor as Kafka Streams reports it. */
  private static StreamsException atOffset(long offset) {
    return new StreamsException(
        "Exception caught in process. taskId=0_3, processor=score, topic=millrace.shop.payments, partition=3, offset="
            + offset,
        new IllegalStateException("no row"),
        new TaskId(0, 3));
  }

  private static StreamsException tooLarge(int task) {
    return failure(task, new RecordTooLargeException("The message is 1200000 bytes"));
  }

  private static StreamsException failure(int task, Exception cause) {
    return new StreamsException(
        "Error encountered sending record to topic predictions\nfor task 0_" + task,
        cause,
        new TaskId(0, task));
  }
}
