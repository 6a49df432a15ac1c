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
      Payments.view("forever", "payments", "card", Wait.forever());

  private static CrashingPartition partition(FeatureView... views) {
    return new CrashingPartition(Payments.atLeastOnce(Payments.pipeline(false, views)), START);
  }

  @Test
  void aPendingEventWhosePredictionWasLostIsScoredAfterTheCrashWithItsRow() {
    CrashingPartition partition = partition(FOREVER);
    partition.event("p0", "c", START, 0);
    partition.commit();
    partition.row("forever", "c", "p0", START, 0);
    partition.crashWithoutOutput(START + 1_000);

    partition.tick(20);
    partition.commit();

    assertThat(waitResults(partition)).containsExactly("p0 ARRIVED");

    partition.commit();
    partition.crash(START + 2_000);
    partition.tick(20);
    partition.event("p0", "c", START, 0);
    partition.row("forever", "c", "p1", START, 1);
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
  void anEventThatIsReadAgainHasItsRow() {
    CrashingPartition partition = partition(FOREVER);
    partition.row("forever", "c", "p0", START, 0);
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
    partition.row("card", "c", "p0", START, 0);
    partition.tick(200);
    partition.commit();

    assertThat(waitResults(partition)).containsExactly("p0 TIMED_OUT");
    assertThat(partition.kept()).isZero();
  }

  /** Row, event and time in any order; a crash keeps any part of what was not committed yet. */
  @Property(tries = 300)
  void everyEventIsScored(@ForAll long seed, @ForAll @IntRange(min = 1, max = 15) int events) {
    Random random = new Random(seed);
    CrashingPartition partition = partition(CARD, FOREVER);
    int[] next = new int[3];
    int[] committed = next.clone();
    int crashes = 0;
    long now = START;
    while (next[0] < events || next[1] < events || next[2] < events) {
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
        default -> deliver(partition, next, random.nextInt(next.length), events);
      }
    }
    // After the next event, rows that were repeated after a crash are recognised as late.
    for (int topic = 0; topic < next.length; topic++) {
      deliver(partition, next, topic, events + 1);
    }
    partition.tick(1_000);
    partition.commit();

    Map<String, Integer> predictions = new TreeMap<>();
    for (GenericRecord prediction : partition.committed()) {
      predictions.merge(prediction.get("event_id").toString(), 1, Integer::sum);
      assertThat(TestDriver.waitResult(prediction, "forever")).isEqualTo("ARRIVED");
    }
    assertThat(predictions).hasSize(events + 1);
    int atMost = 1 + crashes;
    assertThat(predictions.values()).allMatch(count -> count <= atMost);
    assertThat(partition.kept()).isZero();
  }

  /** Events are topic 0, and then the rows of each view; each is in the order of its offsets. */
  private static void deliver(CrashingPartition partition, int[] next, int topic, int events) {
    int offset = next[topic];
    if (offset == events) {
      return;
    }
    next[topic]++;
    if (topic == 0) {
      partition.event("p" + offset, "c", START + offset, offset);
    } else {
      partition.row(topic == 1 ? "card" : "forever", "c", "p" + offset, START + offset, offset);
    }
  }

  @Test
  void storesAreEmptyAfterKafkaStreamsCommits(@TempDir Path stateDir) {
    Pipeline pipeline = Payments.atLeastOnce(Payments.pipeline(false, CARD));
    try (TestDriver driver = new TestDriver(pipeline, null, stateDir)) {
      driver.event("p0", "c", Duration.ZERO);
      driver.row("card", "c", "p0", Duration.ZERO, 0, 50);
      driver.row("card", "c", "p1", Duration.ZERO, 1, 50);
      driver.event("p1", "c", Duration.ZERO);

      assertThat(driver.prediction().get("event_id")).isEqualTo("p0");
      assertThat(driver.prediction().get("event_id")).isEqualTo("p1");
      assertThat(driver.kept(NodeName.PENDING_EVENTS)).isEmpty();
      driver.pass(ScoringProcessor.TIMEOUT_CHECK);
      assertThat(driver.kept(NodeName.AWAITED_ROWS)).isEmpty();
    }
    try (TestDriver driver = new TestDriver(pipeline, null, stateDir)) {
      driver.pass(Duration.ofSeconds(1));
      driver.noPrediction();
    }
  }

  private static List<String> waitResults(CrashingPartition partition) {
    return partition.committed().stream()
        .map(
            prediction ->
                prediction.get("event_id")
                    + " "
                    + TestDriver.waitResult(
                        prediction,
                        TestDriver.record(prediction, "views")
                            .getSchema()
                            .getFields()
                            .get(0)
                            .name()))
        .toList();
  }
}
