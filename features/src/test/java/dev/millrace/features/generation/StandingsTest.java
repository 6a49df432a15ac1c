package dev.millrace.features.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.features.Cards;
import dev.millrace.features.generation.Standing.Decision;
import dev.millrace.features.generation.Standing.Role;
import dev.millrace.schemas.avro.FeatureGeneration;
import dev.millrace.schemas.avro.GenerationStatus;
import dev.millrace.schemas.topics.GenerationLog;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class StandingsTest {
  private static final TopicPartition EVENTS = new TopicPartition("events", 0);

  private final Map<String, FeatureGeneration> records = new HashMap<>();
  private final Map<String, Map<TopicPartition, Long>> committed = new HashMap<>();

  @Test
  void oneThatServesOrIsAloneWrites() throws InterruptedException {
    assertThat(of("b").role()).isEqualTo(Role.WRITES);
    record("b", GenerationStatus.BACKFILLING);
    assertThat(of("b").role()).isEqualTo(Role.WRITES);
    record("a", GenerationStatus.RETIRED);
    record("b", GenerationStatus.SERVING);
    assertThat(of("b").role()).isEqualTo(Role.WRITES);
  }

  @Test
  void oneThatServesNoMoreDropsThem() throws InterruptedException {
    record("a", GenerationStatus.RETIRED);
    record("b", GenerationStatus.SERVING);
    assertThat(of("a").of(EVENTS, 5)).isEqualTo(Decision.DROP);
  }

  @Test
  void oneBesideItHoldsThoseThatTheOtherMayNotHaveRead() throws InterruptedException {
    record("a", GenerationStatus.SERVING);
    record("b", GenerationStatus.BACKFILLING);
    committed.put("a", Map.of(EVENTS, 5L));
    Standing standing = of("b");
    assertThat(standing.of(EVENTS, 4)).isEqualTo(Decision.DROP);
    assertThat(standing.of(EVENTS, 5)).isEqualTo(Decision.HOLD);
    assertThat(standing.of(new TopicPartition("events", 1), 4)).isEqualTo(Decision.HOLD);
  }

  /** The other one drops the dead letters of what it reads after the change. */
  @Test
  void whatIsCommittedAfterTheChangeDoesNotCount() throws InterruptedException {
    record("a", GenerationStatus.SERVING);
    record("b", GenerationStatus.BACKFILLING);
    Standings standings =
        Standings.of(
            "b",
            () -> Map.copyOf(records),
            generation -> {
              record("a", GenerationStatus.RETIRED);
              record("b", GenerationStatus.SERVING);
              return Map.of(EVENTS, 5L);
            });
    assertThat(standings.now().of(EVENTS, 4)).isEqualTo(Decision.WRITE);
  }

  private Standing of(String generation) throws InterruptedException {
    return Standings.of(
            generation, () -> Map.copyOf(records), other -> committed.getOrDefault(other, Map.of()))
        .now();
  }

  private void record(String generation, GenerationStatus status) {
    FeatureGeneration record = GenerationLog.begun(Cards.PIPELINE, Instant.EPOCH);
    record.setGeneration(generation);
    record.setStatus(status);
    records.put(generation, record);
  }
}
