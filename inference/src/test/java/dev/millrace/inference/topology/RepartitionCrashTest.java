package dev.millrace.inference.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.inference.repartition.RepartitionedRows;
import dev.millrace.inference.topology.RepartitionCluster.Output;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Wait;
import dev.millrace.schemas.topics.Topics;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.statistics.Statistics;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * {@code join: repartition} over four partitions whose tasks crash and commit each on its own: rows
 * out of order, repeated and removed; answers repeated, late and lost.
 */
class RepartitionCrashTest {
  private static final long START = TestDriver.START.toEpochMilli();
  private static final long END = START + Duration.ofMinutes(90).toMillis();
  private static final long WAIT = 60;

  /** For the names of topics that are not those of a view. */
  private static final Pipeline PIPELINE = Payments.pipeline(false);

  /**
   * An event, and the values of the rows at its time. All rows were read when it was written.
   *
   * @param late whether progress had passed its time when it was written
   * @param writtenAt wall clock
   */
  private record Sent(
      int partition,
      long timeMillis,
      boolean late,
      @Nullable Double logins,
      @Nullable Double merchant,
      long writtenAt) {}

  private RowTwin twin = new RowTwin();
  private final Map<String, Sent> sent = new HashMap<>();

  /** The newest progress of each partition. */
  private final long[] passed = new long[4];

  private Random random = new Random(1);
  private RepartitionCluster cluster = cluster(0, true);

  private static RepartitionCluster cluster(long wait, boolean exactlyOnce) {
    Wait bound = Wait.atMost(Duration.ofMillis(wait));
    Pipeline pipeline =
        Payments.pipeline(
            false,
            Payments.view("logins", "logins", "card", bound),
            Payments.repartitioned(Payments.view("merchant", "payments", "merchant", bound)));
    return new RepartitionCluster(exactlyOnce ? pipeline : Payments.atLeastOnce(pipeline));
  }

  @Property(tries = 100)
  void everyEventIsPredictedOnceWithTheRowsOfOtherPartitions(
      @ForAll long seed, @ForAll boolean waits) {
    run(seed, waits ? WAIT : 0, true);
    Map<String, Integer> predictions = check(waits ? WAIT : 0);
    assertThat(predictions.values()).allMatch(count -> count == 1);
  }

  @Property(tries = 100)
  void atLeastOncePredictsEveryEvent(@ForAll long seed, @ForAll boolean waits) {
    run(seed, waits ? WAIT : 0, false);
    check(waits ? WAIT : 0);
  }

  private void run(long seed, long wait, boolean exactlyOnce) {
    random = new Random(seed);
    twin = new RowTwin();
    sent.clear();
    Arrays.fill(passed, 0);
    cluster = cluster(wait, exactlyOnce);
    for (int round = 0; round < 2; round++) {
      for (int row = random.nextInt(30); row > 0; row--) {
        row();
      }
      cluster.settle(random);
      for (int step = 0; step < 250; step++) {
        step();
      }
      cluster.settle(random);
      cluster.pass(WAIT);
      cluster.settle(random);
      cluster.pass(RepartitionedRows.ANSWER_TIMEOUT.toMillis());
      cluster.settle(random);
    }
    for (int partition = 0; partition < 4; partition++) {
      // After a later event, vectors that are read again are known to be late.
      event(partition, false);
      progress(partition, END);
    }
    cluster.settle(random);
    cluster.pass(WAIT);
    cluster.settle(random);
    cluster.pass(0);
    cluster.settle(random);
  }

  private void step() {
    switch (random.nextInt(20)) {
      case 0, 1 -> event(random.nextInt(4), random.nextInt(6) == 0);
      case 2 -> cluster.pass(random.nextInt(50));
      case 3, 4, 5 -> cluster.task(random).commit();
      case 6 -> rarely();
      default -> cluster.task(random).poll(random);
    }
  }

  private void rarely() {
    switch (random.nextInt(6)) {
      case 0, 1 -> cluster.task(random).crash(random);
      case 2 -> progress(random.nextInt(4), time());
      case 3 -> cluster.lose(Topics.rowAnswers(PIPELINE), random);
      case 4 -> cluster.lose(Topics.rowQuestions(PIPELINE), random);
      default -> cluster.pass(random.nextInt(3_000));
    }
  }

  private long time() {
    return START + Duration.ofMinutes(random.nextInt(90)).toMillis();
  }

  private void progress(int partition, long timeMillis) {
    passed[partition] = Math.max(passed[partition], timeMillis);
    cluster.progress(partition, passed[partition]);
  }

  private void event(int partition, boolean hasVector) {
    String card = "c" + partition;
    String merchant = random.nextInt(8) == 0 ? null : "m" + random.nextInt(6);
    long time = time();
    long offset = cluster.event(partition, card, merchant, time);
    sent.put(
        RepartitionCluster.id(partition, offset),
        new Sent(
            partition,
            time,
            time < passed[partition],
            twin.find("logins", card, time),
            twin.find("merchant", merchant, time),
            cluster.now()));
    if (hasVector) {
      cluster.vector(partition, card, offset, time);
    }
  }

  private void row() {
    boolean isOwn = random.nextInt(3) == 0;
    int partition = random.nextInt(4);
    RowTwin.Step row =
        new RowTwin.Step(
            isOwn ? "logins" : "merchant",
            isOwn ? "c" + partition : "m" + random.nextInt(6),
            time(),
            random.nextInt(2),
            random.nextInt(5) == 0 ? null : Double.valueOf(random.nextInt(100)));
    for (int times = random.nextInt(4) == 0 ? 2 : 1; times > 0; times--) {
      cluster.row(isOwn ? partition : -1, row);
      twin.add(row);
    }
  }

  /** Checks all output, and returns the number of predictions of each event. */
  private Map<String, Integer> check(long wait) {
    Map<String, Integer> predictions = new HashMap<>();
    for (int partition = 0; partition < 4; partition++) {
      for (Output output : cluster.outputs(partition)) {
        GenericRecord prediction = output.prediction();
        if (prediction == null) {
          checkProgress(partition, output.progressMillis(), predictions);
        } else {
          check(prediction, wait);
          predictions.merge(prediction.get("event_id").toString(), 1, Integer::sum);
        }
      }
    }
    assertThat(predictions.keySet()).isEqualTo(sent.keySet());
    cluster.assertNothingKept();
    return predictions;
  }

  private void checkProgress(int partition, long millis, Map<String, Integer> predictions) {
    sent.forEach(
        (id, event) -> {
          if (event.partition == partition && !event.late && event.timeMillis < millis) {
            assertThat(predictions).as("before the progress of %d", millis).containsKey(id);
          }
        });
  }

  private void check(GenericRecord prediction, long wait) {
    Sent event = Objects.requireNonNull(sent.get(prediction.get("event_id").toString()));
    String result = TestDriver.waitResult(prediction);
    Statistics.label("result")
        .collect(result)
        .coverage(
            results -> {
              results.check("UNANSWERED").count(count -> count > 0);
              results.check("ARRIVED").count(count -> count > 0);
              results.check(wait == 0 ? "NOT_AWAITED" : "TIMED_OUT").count(count -> count > 0);
            });
    if (result.equals("ARRIVED")) {
      return;
    }
    assertThat(value(prediction, "logins")).as("%s", prediction).isEqualTo(event.logins);
    Object merchant = value(prediction, "merchant");
    if (result.equals("UNANSWERED")) {
      assertThat(merchant).isNull();
      assertThat((Long) prediction.get("scored_at") - event.writtenAt)
          .isGreaterThanOrEqualTo(RepartitionedRows.ANSWER_TIMEOUT.toMillis());
    } else {
      assertThat(result).isEqualTo(wait == 0 ? "NOT_AWAITED" : "TIMED_OUT");
      assertThat(merchant).as("%s", prediction).isEqualTo(event.merchant);
    }
  }

  private static @Nullable Object value(GenericRecord prediction, String view) {
    return TestDriver.record(prediction, "inputs", view + "_amount_sum_1h").get("value");
  }
}
