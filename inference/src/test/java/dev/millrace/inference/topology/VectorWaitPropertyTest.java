package dev.millrace.inference.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.inference.topology.CrashingPartition.ForwardedProgress;
import dev.millrace.inference.topology.WaitTwin.Past;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Wait;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Events, progress, vectors, time and crashes in any order, against the {@link WaitTwin}. */
class VectorWaitPropertyTest {
  private static final long START = TestDriver.START.toEpochMilli();

  /** Milliseconds by which progress grows with each offset. */
  private static final int STEP = 4;

  /** What a crash resets, besides stores and output. */
  private record Committed(int nextRecord, int nextVector, WaitTwin twin) {}

  private final List<Past> history = new ArrayList<>();
  private int nextVector;
  private int nextRecord;
  private CrashingPartition partition = new CrashingPartition(pipeline(0L), START);
  private WaitTwin twin = new WaitTwin(history, 0L, START);

  private static Pipeline pipeline(@Nullable Long wait) {
    return Payments.pipeline(
        false,
        Payments.view(
            "card",
            "payments",
            "card",
            wait == null ? Wait.forever() : Wait.atMost(Duration.ofMillis(wait))));
  }

  @Property(tries = 200)
  void everyEventIsPredictedOnceAndNoProgressPrecedesItsEvents(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 25) int records) {
    Random random = new Random(seed);
    Long wait = random.nextInt(4) == 0 ? null : Long.valueOf(60);
    start(random, records, wait);
    Committed committed = commit();
    for (int step = 0; step < 8 * records; step++) {
      switch (random.nextInt(12)) {
        case 0, 1, 2, 3 -> deliverRecord(history.size() - 1);
        case 4, 5, 6, 7 -> deliverVector(random);
        case 8, 9 -> tick(random.nextInt(90));
        case 10 -> committed = commit();
        default -> {
          if (random.nextInt(4) == 0) {
            crash(committed, random.nextInt(1_000));
          }
        }
      }
    }
    finish(wait);
    assertThat(predictions()).isEqualTo(twin.scored);
    assertThat(twin.scored.keySet()).containsExactlyElementsOf(events().boxed().toList());
    assertThat(partition.kept()).isZero();
    checkProgress(partition, events().boxed().toList(), offset -> history.get((int) offset).time());
    assertThat(partition.committedProgress())
        .extracting(ForwardedProgress::timeMillis)
        .isSorted()
        .endsWith(progressOf(records));
  }

  /** Checks that all events before the time of a progress record were predicted before it. */
  static void checkProgress(
      CrashingPartition partition, List<Long> events, LongUnaryOperator timeOf) {
    for (ForwardedProgress progress : partition.committedProgress()) {
      List<Long> before =
          partition.committed().subList(0, progress.predictions()).stream()
              .map(prediction -> (Long) TestDriver.record(prediction, "source").get("offset"))
              .toList();
      assertThat(before)
          .as("events before the progress %d", progress.timeMillis())
          .containsAll(
              events.stream()
                  .filter(event -> timeOf.applyAsLong(event) < progress.timeMillis())
                  .toList());
    }
  }

  /** Later events are not older, and some earlier ones are newer. */
  static long progressOf(long offset) {
    return START + STEP * offset;
  }

  private LongStream events() {
    return LongStream.range(0, history.size())
        .filter(offset -> history.get((int) offset).card() != null);
  }

  /** The last record is progress. */
  private void start(Random random, int records, @Nullable Long wait) {
    history.clear();
    for (int i = 0; i < records; i++) {
      String card = random.nextInt(4) == 0 ? null : "card" + random.nextInt(2);
      history.add(new Past(card, progressOf(i) + random.nextInt(5 * STEP)));
    }
    history.add(new Past(null, START));
    nextRecord = 0;
    nextVector = 0;
    partition = new CrashingPartition(pipeline(wait), START);
    twin = new WaitTwin(history, wait, START);
  }

  /**
   * Delivers the vectors without which events would wait forever, and the last record: after it,
   * vectors that were repeated after a crash are recognised as late.
   */
  private void finish(@Nullable Long wait) {
    while (nextRecord < history.size()) {
      deliverRecord(history.size());
    }
    if (wait == null) {
      nextVector = 0;
      while (nextVector < history.size()) {
        deliverVector();
      }
    }
    tick(1_000);
    commit();
  }

  private void deliverRecord(int end) {
    if (nextRecord < end) {
      Past past = history.get(nextRecord);
      if (past.card() == null) {
        partition.progress(progressOf(nextRecord), nextRecord);
      } else {
        partition.event("p" + nextRecord, past.card(), past.time(), nextRecord);
        twin.event(nextRecord);
      }
      nextRecord++;
    }
  }

  /** Sometimes features restarts some vectors back, or a vector is lost. */
  private void deliverVector(Random random) {
    switch (random.nextInt(20)) {
      case 0 -> nextVector = Math.max(0, nextVector - random.nextInt(10));
      case 1 -> nextVector++;
      default -> deliverVector();
    }
  }

  private void deliverVector() {
    if (nextVector < history.size()) {
      Past past = history.get(nextVector);
      if (past.card() != null) {
        partition.vector("p" + nextVector, past.card(), past.time(), nextVector);
        twin.vector(nextVector);
      }
      nextVector++;
    }
  }

  private void tick(int millis) {
    partition.tick(millis);
    twin.tick(millis);
  }

  private Committed commit() {
    partition.commit();
    return new Committed(nextRecord, nextVector, twin.copy());
  }

  private void crash(Committed committed, int downMillis) {
    long now = twin.now() + downMillis;
    nextRecord = committed.nextRecord;
    nextVector = committed.nextVector;
    twin = committed.twin.copy();
    partition.crash(now);
    twin.restart(now);
  }

  private Map<Long, String> predictions() {
    Map<Long, String> predictions = new HashMap<>();
    for (GenericRecord prediction : partition.committed()) {
      long offset = (long) TestDriver.record(prediction, "source").get("offset");
      String result = TestDriver.waitResult(prediction) + " " + TestDriver.cardSum(prediction);
      String before = predictions.put(offset, result);
      assertThat(before).as("a second prediction of offset %d", offset).isNull();
    }
    return predictions;
  }

  @Test
  void aWaitForeverEndsAlsoWithARestartEveryFewDays() {
    startWithEvents(1);
    deliverRecord(1);
    long now = START;
    for (int restart = 1; restart <= 61; restart++) {
      partition.commit();
      now += Duration.ofDays(6).toMillis();
      partition.crash(now);
      partition.tick(Duration.ofHours(1).toMillis());
    }
    partition.commit();
    assertThat(predictions()).containsExactly(Map.entry(0L, "TIMED_OUT null"));
  }

  @Test
  void vectorsWrittenDuringADowntimeAreReadBeforeALongWaitEnds() {
    startWithEvents(1);
    deliverRecord(1);
    partition.commit();
    partition.crash(START + Duration.ofDays(8).toMillis());
    partition.tick(Duration.ofMinutes(59).toMillis());
    deliverVector();
    partition.commit();
    assertThat(predictions()).containsExactly(Map.entry(0L, "ARRIVED 0.0"));
  }

  @Test
  void moreEventsMayWaitThanMemoryHolds() {
    int events = 10_500;
    startWithEvents(events);
    for (int i = 0; i < events; i++) {
      deliverRecord(events);
    }
    partition.commit();
    partition.crash(START);
    for (int i = 0; i < events; i++) {
      deliverVector();
    }
    partition.commit();

    assertThat(predictions()).hasSize(events).containsEntry(10_499L, "ARRIVED 10499.0");
    assertThat(partition.kept()).isZero();
  }

  private void startWithEvents(int events) {
    start(new Random(1), 0, null);
    history.clear();
    for (int i = 0; i < events; i++) {
      history.add(new Past("card", START + i % 5));
    }
  }
}
