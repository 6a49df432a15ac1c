package dev.millrace.inference;

import static dev.millrace.inference.TestDriver.input;
import static dev.millrace.inference.TestDriver.outcome;
import static dev.millrace.inference.TestDriver.record;
import static dev.millrace.inference.TestDriver.usedRow;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Wait;
import dev.millrace.schemas.topics.Topics;
import dev.millrace.schemas.topics.WireHeaders;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InferenceTopologyTest {
  private static final Wait WAIT = Wait.atMost(ofMillis(200));
  private static final Duration LONGER = ofMillis(220);

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path stateDir;

  private TestDriver driver(Pipeline pipeline) {
    return new TestDriver(pipeline, SumModel.CHAMPION, stateDir);
  }

  private TestDriver standard() {
    return driver(Payments.standard(WAIT));
  }

  @Test
  void anEventWaitsForItsOwnRow() {
    try (TestDriver driver = standard()) {
      driver.event("p0", "c", ZERO);
      driver.pass(ofMillis(100));
      driver.noPrediction();

      driver.row("card", "c", "p0", ZERO, 0, 50);

      GenericRecord prediction = driver.prediction();
      assertThat(outcome(prediction, "card")).isEqualTo("ARRIVED");
      assertThat(usedRow(prediction, "card")).isEqualTo("p0");
      assertThat(input(prediction, "card_amount_sum_1h")).isEqualTo("50.0/PRESENT/0");
      driver.pass(LONGER);
      driver.noPrediction();
      driver.nothingKept();
    }
  }

  @Test
  void aRowThatComesFirstIsKeptForItsEvent() {
    try (TestDriver driver = standard()) {
      driver.row("card", "c", "p0", ZERO, 0, 50);
      driver.row("card", "c", "p1", ofMillis(1), 1, 70);
      driver.noPrediction();

      driver.event("p0", "c", ZERO);
      assertThat(usedRow(driver.prediction(), "card")).isEqualTo("p0");
      driver.event("p1", "c", ofMillis(1));
      assertThat(usedRow(driver.prediction(), "card")).isEqualTo("p1");
      driver.nothingKept();
    }
  }

  @Test
  void aLateEventsRowThatNamesTheSameOffsetIsNoneOfItsRows() {
    try (TestDriver driver = standard()) {
      driver.row("card", "c", "late", ZERO, 0, 20);
      driver.row("card", "c", "p0", ofMinutes(10), 0, 50);
      driver.event("p0", "c", ofMinutes(10));

      GenericRecord prediction = driver.prediction();
      assertThat(outcome(prediction, "card")).isEqualTo("ARRIVED");
      assertThat(usedRow(prediction, "card")).isEqualTo("p0");
    }
  }

  @Test
  void anEventOutOfOrderIsScoredWithItsOwnOlderRow() {
    try (TestDriver driver = standard()) {
      driver.event("newer", "c", ofMinutes(10));
      driver.event("older", "c", ZERO);
      driver.row("card", "c", "newer", ofMinutes(10), 0, 50);
      driver.row("card", "c", "older", ZERO, 1, 20);

      assertThat(usedRow(driver.prediction(), "card")).isEqualTo("newer");
      GenericRecord older = driver.prediction();
      assertThat(usedRow(older, "card")).isEqualTo("older");
      assertThat(input(older, "card_amount_sum_1h")).isEqualTo("20.0/PRESENT/0");
      driver.nothingKept();
    }
  }

  @Test
  void afterTheWaitAnEventIsScoredWithWhatIsThere() {
    try (TestDriver driver = standard()) {
      driver.event("p0", "c", ZERO);
      driver.row("card", "c", "p0", ZERO, 0, 50);
      driver.prediction();

      driver.event("p1", "c", ofMinutes(1));
      driver.pass(ofMillis(180));
      driver.noPrediction();
      driver.pass(ofMillis(20));

      GenericRecord prediction = driver.prediction();
      assertThat(outcome(prediction, "card")).isEqualTo("TIMED_OUT");
      assertThat(usedRow(prediction, "card")).isEqualTo("p0");
      assertThat(input(prediction, "card_amount_sum_1h")).isEqualTo("50.0/PRESENT/60000");

      driver.row("card", "c", "p1", ofMinutes(1), 1, 60);
      driver.noPrediction();
      driver.nothingKept();
    }
  }

  @Test
  void aWaitForeverEndsWithTheRow() {
    try (TestDriver driver = driver(Payments.standard(Wait.forever()))) {
      driver.event("p0", "c", ZERO);
      driver.pass(ofHours(5));
      driver.noPrediction();

      driver.row("card", "c", "p0", ZERO, 0, 50);
      assertThat(outcome(driver.prediction(), "card")).isEqualTo("ARRIVED");
    }
  }

  @Test
  void aWaitForeverEndsWhenTheTopicNoLongerHasTheRow() {
    try (TestDriver driver = driver(Payments.standard(Wait.forever()))) {
      driver.event("p0", "c", ZERO);
      driver.pass(Topics.ROW_RETENTION.minusSeconds(1));
      driver.noPrediction();
      driver.pass(ofSeconds(1));

      assertThat(outcome(driver.prediction(), "card")).isEqualTo("TIMED_OUT");
      driver.nothingKept();
    }
  }

  @Test
  void noWaitTakesTheOwnRowIfItIsHere() {
    try (TestDriver driver = driver(Payments.standard(Wait.atMost(ZERO)))) {
      driver.event("p0", "c", ZERO);
      assertThat(outcome(driver.prediction(), "card")).isEqualTo("NOT_AWAITED");

      driver.row("card", "c", "p1", ZERO, 1, 50);
      driver.event("p1", "c", ZERO);
      assertThat(outcome(driver.prediction(), "card")).isEqualTo("ARRIVED");
    }
  }

  @Test
  void rowsThatComeAgainChangeNothing() {
    try (TestDriver driver = standard()) {
      driver.event("p0", "c", ZERO);
      driver.event("p1", "c", ofMillis(1));
      driver.row("card", "c", "p0", ZERO, 0, 50);
      driver.row("card", "c", "p0", ZERO, 0, 50);
      driver.row("card", "c", "p1", ofMillis(1), 1, 70);
      driver.row("card", "c", "p0", ZERO, 0, 50);
      driver.row("card", "c", "p1", ofMillis(1), 1, 70);

      assertThat(driver.prediction().get("event_id")).isEqualTo("p0");
      assertThat(driver.prediction().get("event_id")).isEqualTo("p1");
      driver.noPrediction();
      driver.nothingKept();
      assertThat(driver.metrics.getSampleValue("millrace_inference_repeated_rows_total"))
          .isEqualTo(3);

      driver.event("p2", "c", ofMillis(2));
      driver.pass(LONGER);
      assertThat(usedRow(driver.prediction(), "card")).isEqualTo("p1");
    }
  }

  @Test
  void severalOwnViewsAreAllAwaited() {
    FeatureView quick = Payments.view("quick", "payments", "card", Wait.atMost(ofMillis(60)));
    FeatureView slow = Payments.view("slow", "payments", "card", WAIT);
    try (TestDriver driver = driver(Payments.pipeline(true, quick, slow))) {
      driver.event("p0", "c", ZERO);
      driver.row("quick", "c", "p0", ZERO, 0, 50);
      driver.noPrediction();
      driver.row("slow", "c", "p0", ZERO, 0, 60);
      GenericRecord both = driver.prediction();
      assertThat(outcome(both, "quick")).isEqualTo("ARRIVED");
      assertThat(outcome(both, "slow")).isEqualTo("ARRIVED");

      driver.event("p1", "c", ZERO);
      driver.row("slow", "c", "p1", ZERO, 1, 60);
      driver.pass(ofMillis(60));
      GenericRecord one = driver.prediction();
      assertThat(outcome(one, "quick")).isEqualTo("TIMED_OUT");
      assertThat(outcome(one, "slow")).isEqualTo("ARRIVED");

      driver.event("p2", "c", ZERO);
      driver.pass(ofMillis(100));
      driver.noPrediction();
      driver.row("quick", "c", "p2", ZERO, 2, 50);
      driver.pass(ofMillis(100));
      GenericRecord late = driver.prediction();
      assertThat(outcome(late, "quick")).isEqualTo("ARRIVED");
      assertThat(outcome(late, "slow")).isEqualTo("TIMED_OUT");
      driver.nothingKept();
    }
  }

  @Test
  void everyInputTellsWhereItsValueIs() {
    try (TestDriver driver = driver(Payments.standard(Wait.atMost(ZERO)))) {
      driver.row("logins", "c", "l0", ZERO, 7, 5);
      driver.row("merchant", "m", "x0", ofMinutes(20), 7, 9);

      driver.event("p0", "c", "m", ofMinutes(30), 1);
      GenericRecord fresh = driver.prediction();
      assertThat(outcome(fresh, "logins")).isEqualTo("NOT_AWAITED");
      assertThat(input(fresh, "amount")).isEqualTo("1.0/PRESENT/null");
      assertThat(input(fresh, "card_amount_sum_1h")).isEqualTo("null/NOT_FOUND/null");
      assertThat(input(fresh, "logins_amount_sum_1h")).isEqualTo("5.0/PRESENT/1800000");
      assertThat(input(fresh, "merchant_amount_sum_1h")).isEqualTo("9.0/PRESENT/600000");
      assertThat(input(fresh, "share")).isEqualTo("null/NOT_FOUND/600000");
      assertThat(usedRow(fresh, "card")).isNull();
      assertThat(usedRow(fresh, "merchant")).isEqualTo("x0");

      driver.row("card", "c", "p0", ofMinutes(30), 0, 40);
      driver.row("logins", "c", "l1", ofMinutes(31), 8, Double.NaN);
      driver.event("p1", "c", "m", ofMinutes(80), 1);
      GenericRecord old = driver.prediction();
      assertThat(input(old, "logins_amount_sum_1h")).isEqualTo("null/NULL_VALUE/2940000");
      assertThat(input(old, "merchant_amount_sum_1h")).isEqualTo("9.0/PRESENT/3600000");
      assertThat(input(old, "share")).isEqualTo("5.0/PRESENT/3600000");

      driver.event("p2", "c", "m", ofMinutes(80).plusMillis(1), 1);
      GenericRecord expired = driver.prediction();
      assertThat(input(expired, "merchant_amount_sum_1h"))
          .isEqualTo("null/OUTSIDE_MAX_AGE/3600001");
      assertThat(input(expired, "share")).isEqualTo("null/OUTSIDE_MAX_AGE/3600001");
      assertThat(usedRow(expired, "merchant")).isEqualTo("x0");
    }
  }

  @Test
  void theNewestRowWinsByTimeThenOffset() {
    try (TestDriver driver = driver(Payments.standard(Wait.atMost(ZERO)))) {
      for (String view : new String[] {"logins", "merchant"}) {
        driver.row(view, "e", "b", ofMillis(5), 11, 2);
        driver.row(view, "e", "c", ofMillis(5), 12, 3);
        driver.row(view, "e", "b", ofMillis(5), 11, 2);
        driver.row(view, "e", "a", ofMillis(4), 13, 1);
      }
      driver.event("p0", "e", "e", ofMillis(6), 1);
      GenericRecord prediction = driver.prediction();
      assertThat(usedRow(prediction, "logins")).isEqualTo("c");
      assertThat(usedRow(prediction, "merchant")).isEqualTo("c");

      driver.rawRow("logins", "e", null, ofMillis(7));
      driver.rawRow("merchant", "e", null, ofMillis(7));
      driver.event("p1", "e", "e", ofMillis(8), 1);
      GenericRecord forgotten = driver.prediction();
      assertThat(usedRow(forgotten, "logins")).isNull();
      assertThat(usedRow(forgotten, "merchant")).isNull();
    }
  }

  @Test
  void aPredictionTellsEverything() {
    try (TestDriver driver = standard()) {
      driver.event("p0", "c", "m", ofMinutes(3), 60);
      driver.pass(ofMillis(20));
      driver.row("card", "c", "p0", ofMinutes(3), 0, 50);

      TestRecord<byte[], byte[]> written = driver.predictionRecord();
      GenericRecord prediction = new Wire(Payments.standard(WAIT)).prediction(written.value());
      assertThat(new String(written.key(), UTF_8)).isEqualTo("c");
      assertThat(written.timestamp()).isEqualTo(TestDriver.at(ofMinutes(3)));
      assertThat(prediction.get("event_id")).isEqualTo("p0");
      assertThat(prediction.get("key")).isEqualTo("c");
      assertThat(prediction.get("event_time")).isEqualTo(TestDriver.at(ofMinutes(3)));
      assertThat(prediction.get("published_at")).isEqualTo(TestDriver.at(ofMillis(-40)));
      assertThat(prediction.get("scored_at")).isEqualTo(TestDriver.at(ofMillis(20)));
      assertThat(record(prediction, "source").get("offset")).isEqualTo(0L);
      assertThat(record(prediction, "source").get("event_id")).isEqualTo("p0");
      assertThat(prediction.get("model")).isEqualTo("fraud");
      assertThat(prediction.get("model_version")).isEqualTo("0123456789ab");
      assertThat(prediction.get("role")).hasToString("CHAMPION");
      assertThat(prediction.get("role_reason")).isEqualTo("only model");
      assertThat(prediction.get("score")).isEqualTo(110.0);
      assertThat(prediction.get("positive")).isEqualTo(true);
      assertThat(record(prediction, "slices").get("merchant")).isEqualTo("m");
      assertThat(driver.metrics.getSampleValue("millrace_inference_latency_seconds_sum"))
          .isEqualTo(0.06);
    }
  }

  @Test
  void withoutAModelTheInputsAreCollected() {
    FeatureView card = Payments.view("card", "payments", "card", WAIT);
    Pipeline noPath = Payments.pipeline(false, card);
    try (TestDriver driver = new TestDriver(noPath, null, stateDir)) {
      driver.row("card", "c", "p0", ZERO, 0, 50);
      driver.event("p0", "c", ZERO);

      GenericRecord prediction = driver.prediction();
      assertThat(prediction.get("role")).hasToString("COLLECTING");
      assertThat(prediction.get("role_reason")).isEqualTo("the pipeline's model has no path");
      assertThat(prediction.get("score")).isNull();
      assertThat(prediction.get("positive")).isNull();
      assertThat(prediction.get("model_version")).isNull();
    }
    Pipeline noModel = Payments.pipeline(Map.of("card", card), null);
    try (TestDriver driver = new TestDriver(noModel, null, stateDir)) {
      driver.row("card", "c", "p0", ZERO, 0, 50);
      driver.event("p0", "c", "m", ZERO, 1);

      GenericRecord prediction = driver.prediction();
      assertThat(prediction.get("model")).isNull();
      assertThat(input(prediction, "merchant")).isEqualTo("m/PRESENT/null");
      assertThat(input(prediction, "online")).isEqualTo("null/NULL_VALUE/null");
      assertThat(input(prediction, "card_count_1h")).isEqualTo("1.0/PRESENT/0");
    }
  }

  @Test
  void nonsenseFromTheModelIsADeadLetter() {
    try (TestDriver driver = standard()) {
      driver.event("p0", "c", null, ZERO, -500);
      driver.row("card", "c", "p0", ZERO, 0, 50);

      TestRecord<byte[], byte[]> letter = driver.deadLetter();
      assertThat(header(letter, "millrace.error.code")).isEqualTo("MODEL_OUTPUT");
      assertThat(header(letter, "millrace.error.stage")).isEqualTo("inference");
      assertThat(header(letter, "millrace.error.detail")).contains("NaN");
      assertThat(header(letter, "millrace.error.inputs"))
          .startsWith("{\"amount\":-500.0,\"card_amount_sum_1h\":50.0,")
          .contains("\"merchant_amount_sum_1h\":null");
      assertThat(header(letter, "__streams.errors.topic")).isEqualTo("millrace.shop.payments");
      assertThat(header(letter, "__streams.errors.offset")).isEqualTo("0");
      assertThat(header(letter, WireHeaders.PUBLISHED)).isNotEmpty();
      assertThat(new String(letter.key(), UTF_8)).isEqualTo("c");
      driver.noPrediction();
      driver.nothingKept();
    }
  }

  @Test
  void undecodableRecordsAreDeadLettersAndNothingWaitsForThem() {
    try (TestDriver driver = standard()) {
      driver.row("card", "c", "p0", ZERO, 0, 50);
      driver.rawEvent("c", new byte[] {0, 0, 0});
      assertThat(header(driver.deadLetter(), "millrace.error.code")).isEqualTo("TRUNCATED_HEADER");

      driver.rawRow("card", "c", new byte[] {1, 0, 0, 0, 1, 5}, ZERO);
      TestRecord<byte[], byte[]> letter = driver.deadLetter();
      assertThat(header(letter, "millrace.error.code")).isEqualTo("BAD_MAGIC");
      assertThat(header(letter, "__streams.errors.topic")).isEqualTo("millrace.shop.features.card");
      driver.rawRow("merchant", "c", new byte[] {1, 0, 0, 0, 1, 5}, ZERO);
      driver.nothingKept();
    }
  }

  @Test
  void theTopologyIsAsItWas() throws IOException {
    Pipeline pipeline = Payments.standard(WAIT);
    ScoringPlan plan =
        new ScoringPlan(
            pipeline,
            ViewPlan.of(pipeline),
            null,
            new Wire(pipeline).registry,
            1,
            new InferenceMetrics(pipeline, new CollectorRegistry()));
    try (var golden = InferenceTopologyTest.class.getResourceAsStream("/topology.txt")) {
      assertThat(golden).isNotNull();
      assertThat(InferenceTopology.build(plan).describe().toString().strip())
          .isEqualTo(new String(golden.readAllBytes(), UTF_8).strip());
    }
  }

  private static String header(TestRecord<byte[], byte[]> letter, String name) {
    return new String(letter.headers().lastHeader(name).value(), UTF_8);
  }
}
