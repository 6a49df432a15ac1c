package dev.millrace.inference.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Wait;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code at_least_once}: nothing is lost, and an event is scored again only after a crash. */
class AtLeastOnceTest {
  private static final long START = TestDriver.START.toEpochMilli();
  private static final FeatureView CARD =
      Payments.view("card", "payments", "card", Wait.atMost(Duration.ofMillis(200)));
  private static final FeatureView FOREVER =
      Payments.view("card", "payments", "card", Wait.forever());

  private static CrashingPartition partition(FeatureView... views) {
    return new CrashingPartition(Payments.atLeastOnce(Payments.pipeline(false, views)), START);
  }

  @Test
  void aPendingEventWhosePredictionWasLostIsScoredAfterTheCrashWithItsVector() {
    CrashingPartition partition = partition(FOREVER);
    partition.event("p0", "c", START, 0);
    partition.commit();
    partition.vector("p0", "c", START, 0);
    partition.crashWithoutOutput(START + 1_000);

    partition.tick(20);
    partition.commit();

    assertThat(waitResults(partition)).containsExactly("p0 ARRIVED");

    partition.commit();
    partition.crash(START + 2_000);
    partition.tick(20);
    partition.event("p0", "c", START, 0);
    partition.vector("p1", "c", START, 1);
    partition.event("p1", "c", START, 1);
    partition.commit();
    assertThat(waitResults(partition))
        .as("scored once")
        .containsExactly("p0 ARRIVED", "p1 ARRIVED");
    assertThat(partition.kept()).isZero();
  }

  @Test
  void anEventWhosePredictionAfterATimeoutWasLostIsScoredAfterTheCrash() {
    CrashingPartition partition = partition(CARD);
    partition.event("p0", "c", START, 0);
    partition.commit();
    partition.tick(200);
    partition.crashWithoutOutput(START + 1_000);

    partition.tick(200);
    partition.commit();

    assertThat(waitResults(partition)).containsExactly("p0 TIMED_OUT");
  }

  @Test
  void anEventThatIsReadAgainHasItsVector() {
    CrashingPartition partition = partition(FOREVER);
    partition.vector("p0", "c", START, 0);
    partition.commit();
    partition.event("p0", "c", START, 0);
    partition.crashWithoutOutput(START + 1_000);

    partition.event("p0", "c", START, 0);
    partition.commit();

    assertThat(waitResults(partition)).containsExactly("p0 ARRIVED");
    assertThat(partition.kept()).isZero();
  }

  @Test
  void aScoredEventIsNotScoredAgainBeforeTheCommit() {
    CrashingPartition partition = partition(CARD);
    partition.event("p0", "c", START, 0);
    partition.tick(200);
    partition.vector("p0", "c", START, 0);
    partition.tick(200);
    partition.commit();

    assertThat(waitResults(partition)).containsExactly("p0 TIMED_OUT");
    assertThat(partition.kept()).isZero();
  }

  /**
   * Vector, event, progress and time in any order; a crash keeps any part of what was not committed
   * yet. Every third record of the clean topic is progress.
   */
  @Property(tries = 150)
  void everyEventIsScoredAndNoProgressPrecedesItsEvents(
      @ForAll long seed,
      @ForAll boolean forever,
      @ForAll @IntRange(min = 1, max = 15) int records) {
    Random random = new Random(seed);
    CrashingPartition partition = partition(forever ? FOREVER : CARD);
    int[] next = new int[2];
    int[] committed = next.clone();
    int crashes = 0;
    long now = START;
    while (next[0] < records || next[1] < records) {
      switch (random.nextInt(12)) {
        case 0 -> {
          partition.commit();
          committed = next.clone();
        }
        case 1 -> {
          now += 1_000;
          partition.crashWithPart(now, random);
          next = committed.clone();
          crashes++;
        }
        case 2, 3 -> {
          int millis = random.nextInt(150);
          now += millis;
          partition.tick(millis);
        }
        default -> deliver(partition, next, random.nextInt(next.length), records);
      }
    }
    // After later events, vectors that were repeated after a crash are recognised as late.
    int all = records + 3;
    while (next[0] < all || next[1] < all) {
      deliver(partition, next, 0, all);
      deliver(partition, next, 1, all);
    }
    partition.tick(1_000);
    partition.commit();

    Map<String, Integer> predictions = new TreeMap<>();
    for (GenericRecord prediction : partition.committed()) {
      predictions.merge(prediction.get("event_id").toString(), 1, Integer::sum);
      if (forever) {
        assertThat(TestDriver.waitResult(prediction)).isEqualTo("ARRIVED");
      }
    }
    List<Long> events =
        LongStream.range(0, all).filter(offset -> !isProgress(offset)).boxed().toList();
    assertThat(predictions).hasSameSizeAs(events);
    int atMost = 1 + crashes;
    assertThat(predictions.values()).allMatch(count -> count <= atMost);
    assertThat(partition.kept()).isZero();
    VectorWaitPropertyTest.checkProgress(partition, events, AtLeastOnceTest::disordered);
    assertThat(partition.committedProgress()).isNotEmpty();
  }

  private static boolean isProgress(long offset) {
    return offset % 3 == 2;
  }

  /** The clean topic is 0 and the vectors are 1; each is in the order of its offsets. */
  private static void deliver(CrashingPartition partition, int[] next, int topic, int end) {
    int offset = next[topic];
    if (offset == end) {
      return;
    }
    next[topic]++;
    if (topic == 1 && !isProgress(offset)) {
      partition.vector("p" + offset, "c", disordered(offset), offset);
    } else if (topic == 0 && isProgress(offset)) {
      partition.progress(VectorWaitPropertyTest.progressOf(offset), offset);
    } else if (topic == 0) {
      partition.event("p" + offset, "c", disordered(offset), offset);
    }
  }

  /** An event time that is not before the progress of its offset. */
  private static long disordered(long offset) {
    return VectorWaitPropertyTest.progressOf(offset) + offset * 7 % 20;
  }

  @Test
  void storesAreEmptyAfterKafkaStreamsCommits(@TempDir Path stateDir) {
    Pipeline pipeline = Payments.atLeastOnce(Payments.pipeline(false, CARD));
    try (TestDriver driver = new TestDriver(pipeline, null, stateDir)) {
      driver.event("p0", "c", Duration.ZERO);
      driver.vector("p0", "c", Duration.ZERO, 0, 50);
      driver.vector("p1", "c", Duration.ZERO, 1, 50);
      driver.event("p1", "c", Duration.ZERO);

      assertThat(driver.prediction().get("event_id")).isEqualTo("p0");
      assertThat(driver.prediction().get("event_id")).isEqualTo("p1");
      assertThat(driver.kept(NodeName.PENDING_EVENTS)).isEmpty();
      driver.pass(ScoringProcessor.TIMEOUT_CHECK);
      assertThat(driver.keptVectors()).isEmpty();
    }
    try (TestDriver driver = new TestDriver(pipeline, null, stateDir)) {
      driver.pass(Duration.ofSeconds(1));
      driver.noPrediction();
    }
  }

  private static List<String> waitResults(CrashingPartition partition) {
    return partition.committed().stream()
        .map(prediction -> prediction.get("event_id") + " " + TestDriver.waitResult(prediction))
        .toList();
  }
}
