package dev.millrace.ingest.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.ingest.state.SourceStores;
import dev.millrace.ingest.state.StoreName;
import dev.millrace.schemas.pipeline.Guarantee;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.Test;

/** A deduplicator with its state in the stores of one task. */
class DeduplicatorTest {
  private static final int PARTITIONS = 3;

  /** The state of a task, and the wall clock. */
  private static final class Task implements AutoCloseable {
    private final Path dir;
    private final KeyValueStore<byte[], byte[]> ids = build(StoreName.PUBLISHED_IDS);
    private final KeyValueStore<Integer, byte[]> progress = build(StoreName.ARRIVAL_PROGRESS);
    private final Duration period;
    private final int idsPerDeletion;
    private Deduplicator deduplicator;
    private Instant wall = Instant.parse("2026-03-01T12:00:00Z");
    private long offset;

    Task(Duration period, int idsPerDeletion) {
      this.period = period;
      this.idsPerDeletion = idsPerDeletion;
      try {
        dir = Files.createTempDirectory("seen");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      MockProcessorContext<Void, Void> context =
          new MockProcessorContext<>(new Properties(), new TaskId(0, 0), dir.toFile());
      ids.init(context.getStateStoreContext(), ids);
      progress.init(context.getStateStoreContext(), progress);
      deduplicator = newDeduplicator();
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // As getStateStore.
    private static <S extends StateStore> S build(StoreName name) {
      return (S)
          SourceStores.builders("source", Guarantee.EXACTLY_ONCE).stream()
              .filter(builder -> builder.name().equals(name.of("source")))
              .findFirst()
              .orElseThrow()
              .withLoggingDisabled()
              .withCachingDisabled()
              .build();
    }

    private Deduplicator newDeduplicator() {
      return new Deduplicator(
          publishedIds(),
          new DedupWatermark(SourceStores.progressState(progress), period, () -> wall));
    }

    private SeenIdIndex publishedIds() {
      return new SeenIdIndex(SourceStores.idStore(ids), period, idsPerDeletion);
    }

    void restart() {
      deduplicator = newDeduplicator();
    }

    /** Advances the wall clock by one tick of {@link DedupWatermark}. */
    void tick() {
      wall = wall.plusMillis(Math.max(1, period.toMillis() / DedupWatermark.TICKS));
    }

    boolean isNew(String id, int partition, long publishedMillis) {
      Deduplicator.Lookup lookup =
          deduplicator.lookUp(id, partition, offset++, publishedMillis, false);
      if (!lookup.duplicate()) {
        deduplicator.remember(id, lookup.first());
      }
      return !lookup.duplicate();
    }

    int size() {
      int size = 0;
      try (KeyValueIterator<byte[], byte[]> all = ids.all()) {
        while (all.hasNext()) {
          all.next();
          size++;
        }
      }
      return size;
    }

    @Override
    public void close() {
      ids.close();
      progress.close();
      try {
        Utils.delete(dir.toFile());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /**
   * @param laterShare share of a period by which the partition advances
   * @param earlierShare share of a period by which this record is behind the partition
   */
  record Arrival(String id, double laterShare, double earlierShare) {}

  /** One arrival of each partition; the partitions advance at different speeds. */
  record Round(List<Arrival> arrivals, boolean restart) {}

  @Property(tries = 40)
  void findsTheSameDuplicatesAsAListOfAllAcceptedIds(
      @ForAll("rounds") @Size(min = 80, max = 160) List<Round> rounds,
      @ForAll @LongRange(min = 50, max = 200_000) long periodMillis) {
    try (Task task = new Task(Duration.ofMillis(periodMillis), 1)) {
      Map<String, List<Long>> twin = new HashMap<>();
      long[] newest = {1_000_000, 1_000_000, 1_000_000};
      for (Round round : rounds) {
        task.tick();
        if (round.restart) {
          task.restart();
        }
        for (int partition = 0; partition < PARTITIONS; partition++) {
          Arrival arrival = round.arrivals.get(partition);
          newest[partition] += (long) (arrival.laterShare * periodMillis * (1 + 4 * partition));
          long publishedMillis = newest[partition] - (long) (arrival.earlierShare * periodMillis);
          List<Long> accepted = twin.computeIfAbsent(arrival.id, none -> new ArrayList<>());
          boolean isNew =
              accepted.stream().allMatch(each -> Math.abs(each - publishedMillis) >= periodMillis);
          if (isNew) {
            accepted.add(publishedMillis);
          }
          assertThat(task.isNew(arrival.id, partition, publishedMillis)).isEqualTo(isNew);
        }
      }
    }
  }

  @Test
  void aSteadyStreamNeedsBoundedSpace() {
    Duration period = Duration.ofHours(1);
    int perTick = 20;
    int largest = 0;
    try (Task task = new Task(period, 8)) {
      long publishedMillis = 1_000_000_000;
      for (int tick = 0; tick < 30 * DedupWatermark.TICKS; tick++) {
        task.tick();
        publishedMillis += period.toMillis() / DedupWatermark.TICKS;
        for (int i = 0; i < perTick; i++) {
          task.isNew(tick + "-" + i, i % PARTITIONS, publishedMillis);
        }
        if (tick % DedupWatermark.TICKS == 0) {
          largest = Math.max(largest, task.size());
        }
        if (tick % 100 == 0) {
          task.restart();
        }
      }
    }
    assertThat(largest).isBetween(perTick * 2 * 60, perTick * 5 * 60);
  }

  @Test
  void anIdlePartitionDelaysDeletionByOnePeriod() {
    Duration period = Duration.ofHours(1);
    try (Task task = new Task(period, 1)) {
      long startMillis = 1_000_000_000;
      task.isNew("of the idle partition", 0, startMillis);
      for (int tick = 0; tick < 10 * DedupWatermark.TICKS; tick++) {
        task.tick();
        task.isNew("p" + tick, 1, startMillis + tick * (period.toMillis() / 20));
        if (tick < DedupWatermark.TICKS - 1) {
          assertThat(task.size()).isEqualTo(tick + 2);
        }
        if (tick % 7 == 0) {
          task.restart();
        }
      }
      assertThat(task.size()).isLessThan(5 * 20);
    }
  }

  /** Records without a publication time (0), or always with the same one. */
  @Test
  void aPartitionWithConstantPublicationTimeDoesNotDelayDeletion() {
    Duration period = Duration.ofHours(1);
    try (Task task = new Task(period, 8)) {
      long publishedMillis = 1_000_000_000;
      for (int tick = 0; tick < 20 * DedupWatermark.TICKS; tick++) {
        task.tick();
        publishedMillis += period.toMillis() / DedupWatermark.TICKS;
        for (int i = 0; i < 10; i++) {
          task.isNew("none" + tick + "-" + i, 0, 0);
          task.isNew("same" + tick + "-" + i, 1, 1_000_000_000);
          task.isNew("right" + tick + "-" + i, 2, publishedMillis);
        }
        if (tick % 100 == 0) {
          task.restart();
        }
      }
      assertThat(task.isNew("none" + (20 * DedupWatermark.TICKS - 30) + "-0", 0, 0)).isFalse();
      assertThat(task.size()).isLessThan(30 * 5 * DedupWatermark.TICKS);
    }
  }

  @Test
  void anIdleTimeExpiresNoId() {
    Duration period = Duration.ofHours(1);
    try (Task task = new Task(period, 1)) {
      long startMillis = 1_000_000_000;
      for (int tick = 0; tick < 3 * DedupWatermark.TICKS; tick++) {
        task.tick();
        task.isNew("slow" + tick, 0, startMillis + tick);
        task.isNew("fast" + tick, 1, startMillis + tick * period.toMillis());
      }
      task.wall = task.wall.plus(Duration.ofDays(3));
      task.isNew("fast", 1, startMillis + Duration.ofDays(30).toMillis());
      assertThat(task.isNew("slow0", 0, startMillis + 1000)).isFalse();
    }
  }

  /** After a crash a record may count as published a little later than before the crash. */
  @Test
  void aRecordReadAgainIsFoundByItsPosition() {
    Duration period = Duration.ofHours(1);
    try (Task task = new Task(period, 1)) {
      Publication early = new Publication(0, 0, 1, false);
      Publication next = new Publication(period.toMillis(), 0, 2, true);
      SeenIdIndex ids = task.publishedIds();
      ids.remember("x", early, 0);
      ids.remember("x", next, 0);
      long between = period.toMillis() - 1;
      assertThat(ids.first("x", new Publication(between, 0, 1, false))).isEqualTo(early);
      assertThat(ids.first("x", new Publication(between, 0, 2, false))).isEqualTo(next);
    }
  }

  /** A producer whose clock is hours slow, or that sends no times (0). */
  @Test
  void idsOfAProducerWithASlowClockAreDeduplicated() {
    Duration period = Duration.ofHours(1);
    try (Task task = new Task(period, 1)) {
      long nowMillis = 1_000_000_000_000L;
      for (int tick = 0; tick < 5 * DedupWatermark.TICKS; tick++) {
        task.tick();
        nowMillis += period.toMillis() / DedupWatermark.TICKS;
        assertThat(task.isNew("p" + tick, 0, nowMillis)).isTrue();
        for (long slowMillis : new long[] {0, nowMillis - 5 * period.toMillis()}) {
          assertThat(task.isNew(slowMillis == 0 ? "none" + tick : "slow" + tick, 0, slowMillis))
              .isTrue();
          if (tick >= 30) {
            assertThat(task.isNew("slow" + (tick - 30), 0, nowMillis - 5 * period.toMillis()))
                .isFalse();
            assertThat(task.isNew("none" + (tick - 30), 0, 0)).isFalse();
          }
        }
      }
    }
  }

  @Provide
  Arbitrary<List<Round>> rounds() {
    Arbitrary<Arrival> arrival =
        Combinators.combine(
                Arbitraries.of("a", "b", "c", "d", "e", "f", "g"),
                Arbitraries.doubles().between(0, 0.3),
                Arbitraries.doubles().between(0, 0.9))
            .as(Arrival::new);
    return Combinators.combine(
            arrival.list().ofSize(PARTITIONS), Arbitraries.integers().between(0, 9))
        .as((arrivals, dice) -> new Round(arrivals, dice == 0))
        .list();
  }
}
