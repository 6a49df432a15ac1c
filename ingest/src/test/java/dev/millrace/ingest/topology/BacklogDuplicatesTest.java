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

/** In a backlog, partitions of the producers' topic are read at different speeds. */
class BacklogDuplicatesTest {
  private static final String ALICE = "alice";
  private static final Instant PUBLISHED = NOON.minus(Duration.ofHours(30));

  private final SourceTasks tasks = new SourceTasks(ShopPayments.pipeline(3, LatePolicy.TOPIC));
  private final int own = tasks.partitionOf(ALICE);

  @AfterEach
  void close() {
    tasks.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void aFasterPartitionDoesNotExpireIdsThatASlowerOneNeeds(int hops) {
    int slow = (own + hops) % 3;
    int fast = (slow + 1) % 3;
    tasks.send(slow, payment("x"), PUBLISHED);
    tasks.send(fast, payment("y"), PUBLISHED.plus(Duration.ofHours(24)));
    tasks.send(slow, payment("x"), PUBLISHED.plus(Duration.ofMinutes(59)));
    assertThat(tasks.clean()).containsExactly("x", "y");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void anIdPublishedAgainAfterThePeriodIsAccepted(int hops) {
    int slow = (own + hops) % 3;
    int fast = (slow + 1) % 3;
    tasks.send(fast, payment("y"), PUBLISHED.plus(Duration.ofHours(24)));
    tasks.send(slow, payment("x"), PUBLISHED);
    tasks.send(slow, payment("x"), PUBLISHED.plus(Duration.ofHours(1)));
    assertThat(tasks.clean()).containsExactly("y", "x", "x");
  }

  @Test
  void aRestartKeepsIdsThatASlowerPartitionNeeds() {
    int fast = (own + 1) % 3;
    tasks.send(own, payment("x"), PUBLISHED);
    for (int minute = 0; minute < 200; minute++) {
      tasks.advance(Duration.ofMinutes(1));
      tasks.send(own, payment("o" + minute), PUBLISHED.plusMillis(minute));
      tasks.send(fast, payment("y" + minute), PUBLISHED.plus(Duration.ofMinutes(7L * minute)));
      if (minute % 40 == 0) {
        tasks.restart();
      }
    }
    tasks.restart();
    tasks.send(own, payment("x"), PUBLISHED.plus(Duration.ofMinutes(59)));
    assertThat(tasks.clean().stream().filter("x"::equals)).hasSize(1);
  }
}
