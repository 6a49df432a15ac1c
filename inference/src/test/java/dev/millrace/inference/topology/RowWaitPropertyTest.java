package dev.millrace.inference.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.inference.topology.WaitTwin.PastEvent;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Wait;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Events, rows, time and crashes in any order, against the {@link WaitTwin}. */
class RowWaitPropertyTest {
  private static final long START = TestDriver.START.toEpochMilli();
  private static final List<String> VIEWS = List.of("quick", "slow");

  /** What a crash resets, besides stores and output. */
  private record Committed(int nextEvent, List<Integer> nextRow, WaitTwin twin) {}

  private final List<PastEvent> history = new ArrayList<>();
  private final int[] nextRow = new int[VIEWS.size()];
  private int nextEvent;
  private CrashingPartition partition = partition(List.of(0L, 0L));
  private WaitTwin twin = new WaitTwin(history, List.of(), START);

  private static CrashingPartition partition(List<@Nullable Long> waits) {
    return new CrashingPartition(pipeline(waits), START);
  }

  private static Pipeline pipeline(List<@Nullable Long> waits) {
    return Payments.pipeline(
        false,
        Payments.view(VIEWS.get(0), "payments", "card", wait(waits.get(0))),
        Payments.view(VIEWS.get(1), "payments", "card", wait(waits.get(1))));
  }

  private static Wait wait(@Nullable Long millis) {
    return millis == null ? Wait.forever() : Wait.atMost(Duration.ofMillis(millis));
  }

  @Property(tries = 400)
  void everyEventIsPredictedOnceWithItsRowsIfTheyArrivedInTime(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 25) int events) {
    Random random = new Random(seed);
    List<@Nullable Long> waits =
        random.nextInt(4) == 0 ? Arrays.asList(60L, null) : List.of(60L, 200L);
    start(random, events, waits);
    Committed committed = commit();
    for (int step = 0; step < 8 * events; step++) {
      switch (random.nextInt(12)) {
        case 0, 1, 2 -> deliverEvent(history.size() - 1);
        case 3, 4, 5 -> deliverRow(0, random);
        case 6, 7, 8 -> deliverRow(1, random);
        case 9 -> tick(random.nextInt(90));
        case 10 -> committed = commit();
        default -> {
          if (random.nextInt(4) == 0) {
            crash(committed, random.nextInt(1_000));
          }
        }
      }
    }
    finish(waits);
    assertThat(predictions()).isEqualTo(twin.scored);
    assertThat(twin.scored).hasSize(events);
    assertThat(partition.kept()).isZero();
  }

  private void start(Random random, int events, List<@Nullable Long> waits) {
    history.clear();
    for (int i = 0; i < events; i++) {
      history.add(new PastEvent("card" + random.nextInt(2), START + random.nextInt(5)));
    }
    nextEvent = 0;
    Arrays.fill(nextRow, 0);
    partition = partition(waits);
    twin = new WaitTwin(history, waits, START);
  }

  /**
   * Delivers the rows without which events would wait forever, and the last event: after it, rows
   * that were repeated after a crash are recognised as late.
   */
  private void finish(List<@Nullable Long> waits) {
    while (nextEvent < history.size()) {
      deliverEvent(history.size());
    }
    for (int v = 0; v < waits.size(); v++) {
      if (waits.get(v) == null) {
        nextRow[v] = 0;
        while (nextRow[v] < history.size()) {
          deliverRow(v);
        }
      }
    }
    tick(1_000);
    commit();
  }

  private void deliverEvent(int end) {
    if (nextEvent < end) {
      PastEvent event = history.get(nextEvent);
      partition.event("p" + nextEvent, event.card(), event.time(), nextEvent);
      twin.event(nextEvent);
      nextEvent++;
    }
  }

  /** Sometimes features restarts some rows back, or a row is lost. */
  private void deliverRow(int view, Random random) {
    switch (random.nextInt(20)) {
      case 0 -> nextRow[view] = Math.max(0, nextRow[view] - random.nextInt(10));
      case 1 -> nextRow[view]++;
      default -> deliverRow(view);
    }
  }

  private void deliverRow(int view) {
    int offset = nextRow[view];
    if (offset < history.size()) {
      PastEvent event = history.get(offset);
      partition.row(VIEWS.get(view), event.card(), "p" + offset, event.time(), offset);
      twin.row(view, offset);
      nextRow[view]++;
    }
  }

  private void tick(int millis) {
    partition.tick(millis);
    twin.tick(millis);
  }

  private Committed commit() {
    partition.commit();
    return new Committed(nextEvent, Arrays.stream(nextRow).boxed().toList(), twin.copy());
  }

  private void crash(Committed committed, int downMillis) {
    long now = twin.now() + downMillis;
    nextEvent = committed.nextEvent;
    Arrays.setAll(nextRow, committed.nextRow::get);
    twin = committed.twin.copy();
    partition.crash(now);
    twin.restart(now);
  }

  private Map<Long, String> predictions() {
    Map<Long, String> predictions = new HashMap<>();
    for (GenericRecord prediction : partition.committed()) {
      long offset = (long) TestDriver.record(prediction, "source").get("offset");
      List<String> results = new ArrayList<>();
      for (String view : VIEWS) {
        Object row = TestDriver.record(prediction, "views", view).get("row");
        results.add(
            TestDriver.waitResult(prediction, view)
                + " "
                + (row == null ? null : ((GenericRecord) row).get("offset")));
      }
      String before = predictions.put(offset, String.join(", ", results));
      assertThat(before).as("a second prediction of offset %d", offset).isNull();
    }
    return predictions;
  }

  @Test
  void aWaitForeverEndsAlsoWithARestartEveryFewDays() {
    start(new Random(1), 1, Arrays.asList(null, null));
    deliverEvent(1);
    long now = START;
    for (int restart = 1; restart <= 61; restart++) {
      partition.commit();
      now += Duration.ofDays(6).toMillis();
      partition.crash(now);
      partition.tick(Duration.ofHours(1).toMillis());
    }
    partition.commit();
    assertThat(predictions()).containsExactly(Map.entry(0L, "TIMED_OUT null, TIMED_OUT null"));
  }

  @Test
  void rowsWrittenDuringADowntimeAreReadBeforeALongWaitEnds() {
    start(new Random(1), 1, Arrays.asList(null, null));
    deliverEvent(1);
    partition.commit();
    partition.crash(START + Duration.ofDays(8).toMillis());
    partition.tick(Duration.ofMinutes(59).toMillis());
    deliverRow(0);
    deliverRow(1);
    partition.commit();
    assertThat(predictions()).containsExactly(Map.entry(0L, "ARRIVED 0, ARRIVED 0"));
  }

  @Test
  void moreEventsMayWaitThanMemoryHolds() {
    int events = 10_500;
    List<@Nullable Long> forever = Arrays.asList(null, null);
    start(new Random(1), events, forever);
    for (PastEvent event : history) {
      partition.event("p" + nextEvent, event.card(), event.time(), nextEvent);
      nextEvent++;
    }
    for (int v = 0; v < VIEWS.size(); v++) {
      partition.commit();
      partition.crash(START);
      while (nextRow[v] < events) {
        PastEvent event = history.get(nextRow[v]);
        partition.row(VIEWS.get(v), event.card(), "p" + nextRow[v], event.time(), nextRow[v]);
        nextRow[v]++;
      }
    }
    partition.commit();

    assertThat(predictions()).hasSize(events).containsValue("ARRIVED 10499, ARRIVED 10499");
    assertThat(partition.kept()).isZero();
  }
}
