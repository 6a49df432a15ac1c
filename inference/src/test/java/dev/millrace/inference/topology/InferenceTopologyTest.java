package dev.millrace.inference.topology;

import static dev.millrace.inference.topology.TestDriver.answer;
import static dev.millrace.inference.topology.TestDriver.input;
import static dev.millrace.inference.topology.TestDriver.record;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.inference.topology.PaymentRecords.Answer;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Wait;
import dev.millrace.schemas.topics.WireHeaders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InferenceTopologyTest {
  private static final Wait WAIT = Wait.atMost(ofMillis(200));

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
  void everyInputHasStatusAndAge() {
    try (TestDriver driver = standard()) {
      Answer login = answer(ZERO, 5);
      Answer merchant = answer(ofMinutes(20), 9);
      driver.vector(
          "p0", "c", ofMinutes(30), 0, true, Map.of("logins", login, "merchant", merchant));
      driver.event("p0", "c", "m", ofMinutes(30), 1);
      GenericRecord fresh = driver.prediction();
      assertThat(input(fresh, "amount")).isEqualTo("1.0/PRESENT/null");
      assertThat(input(fresh, "card_amount_sum_1h")).isEqualTo("null/NOT_FOUND/null");
      assertThat(input(fresh, "logins_amount_sum_1h")).isEqualTo("5.0/PRESENT/1800000");
      assertThat(input(fresh, "merchant_amount_sum_1h")).isEqualTo("9.0/PRESENT/600000");
      assertThat(input(fresh, "share")).isEqualTo("null/NOT_FOUND/600000");

      Answer card = answer(ofMinutes(80), 40);
      Answer empty = answer(ofMinutes(31), Double.NaN);
      driver.vector(
          "p1",
          "c",
          ofMinutes(80),
          1,
          true,
          Map.of("card", card, "logins", empty, "merchant", merchant));
      driver.event("p1", "c", "m", ofMinutes(80), 1);
      GenericRecord old = driver.prediction();
      assertThat(input(old, "logins_amount_sum_1h")).isEqualTo("null/NULL_VALUE/2940000");
      assertThat(input(old, "merchant_amount_sum_1h")).isEqualTo("9.0/PRESENT/3600000");
      assertThat(input(old, "share")).isEqualTo("20.0/PRESENT/3600000");

      driver.vector(
          "p2",
          "c",
          ofMinutes(80).plusMillis(1),
          2,
          true,
          Map.of("card", card, "merchant", merchant));
      driver.event("p2", "c", "m", ofMinutes(80).plusMillis(1), 1);
      GenericRecord expired = driver.prediction();
      assertThat(input(expired, "merchant_amount_sum_1h"))
          .isEqualTo("null/OUTSIDE_MAX_AGE/3600001");
      assertThat(input(expired, "share")).isEqualTo("null/OUTSIDE_MAX_AGE/3600001");
    }
  }

  @Test
  void aViewIsLookedUpByTwoFieldsOfTheEvent() {
    FeatureView merchant = Payments.view("merchant", "payments", "merchant", WAIT);
    Pipeline pipeline = Payments.twoLookups(merchant, "card", "merchant");
    try (TestDriver driver = new TestDriver(pipeline, null, stateDir)) {
      driver.vector(
          "p0",
          "c",
          ofMinutes(1),
          0,
          true,
          Map.of("by_card", answer(ZERO, 5), "by_merchant", answer(ofMinutes(1), 9)));
      driver.event("p0", "c", "m", ofMinutes(1), 1);
      GenericRecord prediction = driver.prediction();
      assertThat(input(prediction, "by_card_amount_sum_1h")).isEqualTo("5.0/PRESENT/60000");
      assertThat(input(prediction, "by_merchant_amount_sum_1h")).isEqualTo("9.0/PRESENT/0");

      driver.row("merchant", "c", ZERO, 1, 50);
      driver.row("merchant", "m", ofMinutes(1), 1, 60);
      driver.event("p1", "c", "m", ofMinutes(2), 1);
      driver.pass(ofMillis(220));
      GenericRecord stored = driver.prediction();
      assertThat(input(stored, "by_card_amount_sum_1h")).isEqualTo("50.0/PRESENT/120000");
      assertThat(input(stored, "by_merchant_amount_sum_1h")).isEqualTo("60.0/PRESENT/60000");
    }
  }

  @Test
  void theNewestRowIsByTimeThenSequence() {
    try (TestDriver driver = driver(Payments.standard(Wait.atMost(ZERO)))) {
      for (String view : new String[] {"logins", "merchant"}) {
        driver.row(view, "e", ofMillis(5), 11, 2);
        driver.row(view, "e", ofMillis(5), 12, 3);
        driver.row(view, "e", ofMillis(5), 11, 2);
        driver.row(view, "e", ofMillis(4), 13, 1);
      }
      driver.event("p0", "e", "e", ofMillis(6), 1);
      GenericRecord prediction = driver.prediction();
      assertThat(input(prediction, "logins_amount_sum_1h")).isEqualTo("3.0/PRESENT/1");
      assertThat(input(prediction, "merchant_amount_sum_1h")).isEqualTo("3.0/PRESENT/1");

      driver.rawRow("logins", "e", null, ofMillis(7));
      driver.rawRow("merchant", "e", null, ofMillis(7));
      driver.event("p1", "e", "e", ofMillis(8), 1);
      GenericRecord removed = driver.prediction();
      assertThat(input(removed, "logins_amount_sum_1h")).isEqualTo("null/NOT_FOUND/null");
      assertThat(input(removed, "merchant_amount_sum_1h")).isEqualTo("null/NOT_FOUND/null");
    }
  }

  @Test
  void aPredictionHoldsModelInputsAndTimes() {
    try (TestDriver driver = standard()) {
      driver.event("p0", "c", "m", ofMinutes(3), 60);
      driver.pass(ofMillis(20));
      driver.vector("p0", "c", ofMinutes(3), 0, 50);

      TestRecord<byte[], byte[]> written = driver.predictionRecord();
      GenericRecord prediction =
          new PaymentRecords(Payments.standard(WAIT)).prediction(written.value());
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
      assertThat(driver.metric("latency_seconds_sum")).isEqualTo(0.06);
    }
  }

  @Test
  void withoutAModelTheInputsAreCollected() {
    FeatureView card = Payments.view("card", "payments", "card", WAIT);
    Pipeline noPath = Payments.pipeline(false, card);
    try (TestDriver driver = new TestDriver(noPath, null, stateDir)) {
      driver.vector("p0", "c", ZERO, 0, 50);
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
      driver.vector("p0", "c", ZERO, 0, 50);
      driver.event("p0", "c", "m", ZERO, 1);

      GenericRecord prediction = driver.prediction();
      assertThat(prediction.get("model")).isNull();
      assertThat(input(prediction, "merchant")).isEqualTo("m/PRESENT/null");
      assertThat(input(prediction, "online")).isEqualTo("null/NULL_VALUE/null");
      assertThat(input(prediction, "card_count_1h")).isEqualTo("2.0/PRESENT/0");
    }
  }

  @Test
  void anInvalidScoreIsADeadLetter() {
    try (TestDriver driver = standard()) {
      driver.event("p0", "c", null, ZERO, -500);
      driver.vector("p0", "c", ZERO, 0, 50);

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
  void undecodableRecordsAreDeadLetters() {
    try (TestDriver driver = standard()) {
      driver.vector("p0", "c", ZERO, 0, 50);
      driver.rawEvent("c", new byte[] {0, 0, 0});
      assertThat(header(driver.deadLetter(), "millrace.error.code")).isEqualTo("TRUNCATED_HEADER");

      driver.rawRow("card", "c", new byte[] {1, 0, 0, 0, 1, 5}, ZERO);
      TestRecord<byte[], byte[]> letter = driver.deadLetter();
      assertThat(header(letter, "millrace.error.code")).isEqualTo("BAD_MAGIC");
      assertThat(header(letter, "__streams.errors.topic"))
          .startsWith("millrace.shop.features.card.");
      driver.rawVector("c".getBytes(UTF_8), new byte[] {1, 0, 0, 0, 1, 5});
      assertThat(header(driver.deadLetter(), "__streams.errors.topic"))
          .startsWith("millrace.shop.vectors.");
      driver.rawRow("merchant", "c", new byte[] {1, 0, 0, 0, 1, 5}, ZERO);
      driver.nothingKept();
    }
  }

  @Test
  void theTopologyIsTheGoldenFile() throws IOException {
    GoldenTopology.check(Payments.standard(WAIT), "/topology.txt");
  }

  private static String header(TestRecord<byte[], byte[]> letter, String name) {
    return new String(letter.headers().lastHeader(name).value(), UTF_8);
  }
}
