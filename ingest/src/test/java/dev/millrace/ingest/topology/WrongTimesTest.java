package dev.millrace.ingest.topology;

import static dev.millrace.ingest.topology.ShopPayments.NOON;
import static dev.millrace.ingest.topology.ShopPayments.payment;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.pipeline.LatePolicy;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Events with wrong times, from a wrong clock or a typing error. */
class WrongTimesTest {
  private static final String ALICE = "alice";

  private final SourceTasks tasks = new SourceTasks(ShopPayments.pipeline(3, LatePolicy.TOPIC));
  private final int own = tasks.partitionOf(ALICE);

  @AfterEach
  void close() {
    tasks.close();
  }

  /** The good events have the time of the wall clock, as in a live stream. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void aProducerWithAWrongClockMakesNoEventLate(int hops) {
    int partition = (own + hops) % 3;
    for (int second = 0; second < 3000; second += 10) {
      tasks.advance(Duration.ofSeconds(10));
      Instant now = tasks.now();
      tasks.send(partition, payment("good" + second, ALICE, now), now);
      if (second % 100 == 0) {
        tasks.send(partition, payment("skewed" + second, ALICE, now.plusSeconds(3540)), now);
      }
    }
    assertThat(tasks.late()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 100})
  void oneWrongDateInAReplayMakesNoEventLate(int before) {
    Instant start = NOON.minus(Duration.ofDays(900));
    int partition = (own + before) % 3;
    for (int i = 0; i < 300; i++) {
      if (i == before) {
        Instant mistyped = start.plus(Duration.ofDays(730));
        tasks.send(partition, payment("mistyped", ALICE, mistyped), NOON);
      }
      tasks.send(partition, payment("p" + i, ALICE, start.plusSeconds(60L * i)), NOON);
    }
    assertThat(tasks.late()).isEmpty();
    assertThat(tasks.clean()).hasSize(301);
  }

  @Test
  void afterAGapTheClockFollowsTwoEventsBehind() {
    Instant start = NOON.minus(Duration.ofDays(900));
    for (int i = 0; i < 10; i++) {
      tasks.send(own, payment("before" + i, ALICE, start.plusSeconds(i)), NOON);
    }
    Instant after = start.plus(Duration.ofDays(30));
    for (int i = 0; i < 3; i++) {
      tasks.send(own, payment("after" + i, ALICE, after.plusSeconds(i)), NOON);
    }
    tasks.send(own, payment("late", ALICE, start.plusSeconds(10)), NOON);
    assertThat(tasks.late()).containsExactly("late");
  }
}
