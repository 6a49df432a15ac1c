package dev.millrace.inference.topology;

import static dev.millrace.inference.topology.TestDriver.answer;
import static dev.millrace.inference.topology.TestDriver.input;
import static dev.millrace.inference.topology.TestDriver.waitResult;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Wait;
import dev.millrace.schemas.topics.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code join: repartition}: the rows of merchants are in the partition of the merchant. */
class RepartitionTest {
  private static final Wait NO_WAIT = Wait.atMost(ZERO);

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path stateDir;

  private static FeatureView[] views(Wait wait) {
    return new FeatureView[] {
      Payments.view("card", "payments", "card", wait),
      Payments.view("logins", "logins", "card", wait),
      Payments.repartitioned(Payments.view("merchant", "payments", "merchant", wait))
    };
  }

  private static Pipeline pipeline(Wait wait) {
    return Payments.pipeline(true, views(wait));
  }

  private TestDriver driver(Pipeline pipeline) {
    return new TestDriver(pipeline, SumModel.CHAMPION, stateDir);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anEventWithoutWaitAsksAtOnce(boolean exactlyOnce) {
    Pipeline pipeline = pipeline(NO_WAIT);
    try (TestDriver driver = driver(exactlyOnce ? pipeline : Payments.atLeastOnce(pipeline))) {
      driver.row("merchant", "m", ZERO, 0, 60);
      driver.row("logins", "c", ZERO, 0, 5);
      driver.event("p0", "c", "m", ofMinutes(1), 1);
      GenericRecord prediction = driver.prediction();
      assertThat(waitResult(prediction)).isEqualTo("NOT_AWAITED");
      assertThat(input(prediction, "merchant_amount_sum_1h")).isEqualTo("60.0/PRESENT/60000");
      assertThat(input(prediction, "logins_amount_sum_1h")).isEqualTo("5.0/PRESENT/60000");
      assertThat(input(prediction, "card_amount_sum_1h")).isEqualTo("null/NOT_FOUND/null");
      driver.pass(ofMinutes(1));
      driver.noPrediction();
      driver.nothingKept();
      assertThat(driver.kept(NodeName.ASKED_EVENTS)).isEmpty();
      assertThat(driver.metric("row_answer_seconds_count")).isEqualTo(1);
    }
  }

  @Test
  void anEventAsksWhenItsWaitHasEnded() {
    try (TestDriver driver = driver(pipeline(Wait.atMost(ofMillis(200))))) {
      driver.row("merchant", "m", ZERO, 0, 60);
      driver.event("p0", "c", "m", ofMinutes(1), 1);
      driver.event("p1", "c", "m", ofMinutes(2), 1);
      driver.vector("p1", "c", ofMinutes(2), 1, 50);
      assertThat(waitResult(driver.prediction())).isEqualTo("ARRIVED");
      driver.pass(ofMillis(220));
      GenericRecord prediction = driver.prediction();
      assertThat(waitResult(prediction)).isEqualTo("TIMED_OUT");
      assertThat(input(prediction, "merchant_amount_sum_1h")).isEqualTo("60.0/PRESENT/60000");
      driver.nothingKept();
    }
  }

  @Test
  void anEventWithoutEntityAsksNothing() {
    try (TestDriver driver = driver(pipeline(NO_WAIT))) {
      driver.event("p0", "c", null, ofMinutes(1), 1);
      assertThat(waitResult(driver.prediction())).isEqualTo("NOT_AWAITED");
      assertThat(driver.metric("row_answer_seconds_count")).isZero();
    }
  }

  @Test
  void ttlTombstonesAndRowsOfALaterTimeAreAsInAReplicatedView() {
    try (TestDriver driver = driver(pipeline(NO_WAIT))) {
      driver.row("merchant", "m", ofMinutes(10), 0, 60);
      assertThat(merchant(driver, ofMinutes(9))).isEqualTo("null/NOT_FOUND/null");
      assertThat(merchant(driver, ofMinutes(10))).isEqualTo("60.0/PRESENT/0");
      assertThat(merchant(driver, ofHours(2))).isEqualTo("null/OUTSIDE_MAX_AGE/6600000");
      driver.tombstone("merchant", "m", ofMinutes(9));
      assertThat(merchant(driver, ofMinutes(11))).isEqualTo("60.0/PRESENT/60000");
      driver.tombstone("merchant", "m", ofMinutes(10));
      assertThat(merchant(driver, ofMinutes(11))).isEqualTo("null/NOT_FOUND/null");
    }
  }

  private static String merchant(TestDriver driver, Duration time) {
    driver.event("question", "c", "m", time, 1);
    return input(driver.prediction(), "merchant_amount_sum_1h");
  }

  @Test
  void twoLookupsOfAViewAskTwice() {
    Pipeline pipeline = Payments.twoLookups(views(NO_WAIT)[2], "card", "merchant");
    try (TestDriver driver = new TestDriver(pipeline, null, stateDir)) {
      driver.row("merchant", "c", ZERO, 1, 50);
      driver.row("merchant", "m", ZERO, 1, 60);
      driver.event("p0", "c", "m", ofMinutes(1), 1);
      GenericRecord prediction = driver.prediction();
      assertThat(input(prediction, "by_card_amount_sum_1h")).isEqualTo("50.0/PRESENT/60000");
      assertThat(input(prediction, "by_merchant_amount_sum_1h")).isEqualTo("60.0/PRESENT/60000");
      driver.event("p1", "m", "m", ofMinutes(1), 1);
      assertThat(input(driver.prediction(), "by_card_amount_sum_1h"))
          .isEqualTo("60.0/PRESENT/60000");
    }
  }

  @Test
  void recordsThatCannotBeReadAreDeadLetters() {
    Pipeline pipeline = pipeline(NO_WAIT);
    try (TestDriver driver = driver(pipeline)) {
      byte[] garbage = {1, 0, 0, 0, 1, 5};
      driver.rawRow("merchant", "m", garbage, ZERO);
      assertThat(code(driver.deadLetter())).isEqualTo("BAD_MAGIC");
      driver.rowWithoutKey("merchant");
      assertThat(code(driver.deadLetter())).isEqualTo("KEY_MISSING");
      driver.raw(Topics.rowQuestions(pipeline), "m".getBytes(UTF_8), garbage);
      assertThat(code(driver.deadLetter())).isEqualTo("BAD_MAGIC");
      driver.raw(Topics.rowQuestions(pipeline), null, garbage);
      assertThat(code(driver.deadLetter())).isEqualTo("KEY_MISSING");
      driver.raw(Topics.rowAnswers(pipeline), "0:1".getBytes(UTF_8), garbage);
      assertThat(code(driver.deadLetter())).isEqualTo("BAD_MAGIC");
    }
  }

  private static String code(TestRecord<byte[], byte[]> letter) {
    return new String(letter.headers().lastHeader("millrace.error.code").value(), UTF_8);
  }

  /** Rows and tombstones out of order and repeated, events, some with vectors. */
  @Property(tries = 5)
  void predictionsEqualThoseOfReplicatedRows(@ForAll long seed) throws IOException {
    Wait wait = Wait.atMost(ofMillis(new Random(seed).nextBoolean() ? 100 : 0));
    Path directory = Files.createTempDirectory("repartition");
    try (TestDriver asking = new TestDriver(pipeline(wait), null, directory.resolve("asking"));
        TestDriver replicated =
            new TestDriver(Payments.standard(wait), null, directory.resolve("replicated"))) {
      assertThat(predictions(asking, new Random(seed)))
          .isEqualTo(predictions(replicated, new Random(seed)));
    }
  }

  private static List<String> predictions(TestDriver driver, Random random) {
    List<String> predictions = new ArrayList<>();
    for (int offset = 0; offset < 40; offset++) {
      for (int row = random.nextInt(4); row > 0; row--) {
        row(driver, random);
      }
      Duration time = ofMinutes(random.nextInt(90));
      String merchant = random.nextInt(8) == 0 ? null : "m" + random.nextInt(3);
      driver.event("p" + offset, "c", merchant, time, 1);
      if (random.nextInt(4) == 0) {
        driver.vector("p" + offset, "c", time, offset, offset);
      }
      driver.pass(ofMillis(120));
      while (driver.hasPrediction()) {
        GenericRecord prediction = driver.prediction();
        predictions.add(
            prediction.get("event_id")
                + " "
                + waitResult(prediction)
                + " "
                + prediction.get("inputs"));
      }
    }
    driver.nothingKept();
    assertThat(predictions).hasSize(40);
    return predictions;
  }

  private static void row(TestDriver driver, Random random) {
    String view = random.nextInt(3) == 0 ? "logins" : "merchant";
    String entity = view.equals("logins") ? "c" : "m" + random.nextInt(3);
    Duration time = ofMinutes(random.nextInt(90));
    if (random.nextInt(5) == 0) {
      driver.tombstone(view, entity, time);
    } else {
      driver.row(view, entity, time, random.nextInt(2), answer(time, random.nextInt(100)));
    }
  }

  @Test
  void theTopologyIsTheGoldenFile() throws IOException {
    GoldenTopology.check(pipeline(NO_WAIT), "/topology-repartition.txt");
  }
}
