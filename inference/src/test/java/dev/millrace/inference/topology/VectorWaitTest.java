package dev.millrace.inference.topology;

import static dev.millrace.inference.topology.TestDriver.answer;
import static dev.millrace.inference.topology.TestDriver.cardSum;
import static dev.millrace.inference.topology.TestDriver.complete;
import static dev.millrace.inference.topology.TestDriver.input;
import static dev.millrace.inference.topology.TestDriver.waitResult;
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
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VectorWaitTest {
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
  void anEventWaitsForItsVector() {
    try (TestDriver driver = standard()) {
      driver.event("p0", "c", ZERO);
      driver.pass(ofMillis(100));
      driver.noPrediction();

      driver.vector("p0", "c", ZERO, 0, 50);

      GenericRecord prediction = driver.prediction();
      assertThat(waitResult(prediction)).isEqualTo("ARRIVED");
      assertThat(complete(prediction)).isTrue();
      assertThat(input(prediction, "card_amount_sum_1h")).isEqualTo("50.0/PRESENT/0");
      driver.pass(LONGER);
      driver.noPrediction();
      driver.nothingKept();
    }
  }

  @Test
  void anEarlyVectorIsKeptForItsEvent() {
    try (TestDriver driver = standard()) {
      driver.vector("p0", "c", ZERO, 0, 50);
      driver.vector("p1", "c", ofMillis(1), 1, 70);
      driver.noPrediction();

      driver.event("p0", "c", ZERO);
      assertThat(cardSum(driver.prediction())).isEqualTo(50.0);
      driver.event("p1", "c", ofMillis(1));
      assertThat(cardSum(driver.prediction())).isEqualTo(70.0);
      driver.nothingKept();
    }
  }

  @Test
  void theFirstVectorOfAnEventIsUsed() {
    try (TestDriver driver = standard()) {
      driver.vector("p0", "c", ZERO, 0, false, Map.of("card", answer(ZERO, 50)));
      driver.vector("p0", "c", ZERO, 0, true, Map.of("card", answer(ZERO, 70)));
      driver.event("p0", "c", ZERO);

      GenericRecord prediction = driver.prediction();
      assertThat(cardSum(prediction)).isEqualTo(50.0);
      assertThat(complete(prediction)).isFalse();
    }
  }

  @Test
  void theVectorOfAnotherEventWithTheSameOffsetIsNotUsed() {
    try (TestDriver driver = standard()) {
      driver.vector("deleted", "c", ZERO, 0, 20);
      driver.event("p0", "c", ofMinutes(10));
      driver.noPrediction();
      driver.vector("deleted", "c", ZERO, 0, 20);
      driver.noPrediction();
      driver.vector("p0", "c", ofMinutes(10), 0, 50);

      GenericRecord prediction = driver.prediction();
      assertThat(waitResult(prediction)).isEqualTo("ARRIVED");
      assertThat(cardSum(prediction)).isEqualTo(50.0);
      driver.nothingKept();
    }
  }

  @Test
  void anEventOutOfOrderIsScoredWithItsOwnVector() {
    try (TestDriver driver = standard()) {
      driver.event("newer", "c", ofMinutes(10));
      driver.event("older", "c", ZERO);
      driver.vector("newer", "c", ofMinutes(10), 0, 50);
      driver.vector("older", "c", ZERO, 1, 20);

      assertThat(cardSum(driver.prediction())).isEqualTo(50.0);
      assertThat(input(driver.prediction(), "card_amount_sum_1h")).isEqualTo("20.0/PRESENT/0");
      driver.nothingKept();
    }
  }

  @Test
  void afterTheTimeoutAnEventIsScoredFromTheStore() {
    try (TestDriver driver = standard()) {
      driver.event("p0", "c", ZERO);
      driver.vector("p0", "c", ZERO, 0, 50);
      driver.prediction();
      driver.row("logins", "c", ofMinutes(1), 7, answer(ofSeconds(10), 5));
      driver.row("merchant", "m", ofSeconds(30), 7, answer(ofSeconds(20), 9));

      driver.event("p1", "c", "m", ofMinutes(1), 1);
      driver.pass(ofMillis(180));
      driver.noPrediction();
      driver.pass(ofMillis(20));

      GenericRecord prediction = driver.prediction();
      assertThat(waitResult(prediction)).isEqualTo("TIMED_OUT");
      assertThat(complete(prediction)).isFalse();
      assertThat(input(prediction, "card_amount_sum_1h")).isEqualTo("50.0/PRESENT/60000");
      assertThat(input(prediction, "logins_amount_sum_1h")).isEqualTo("5.0/PRESENT/50000");
      assertThat(input(prediction, "merchant_amount_sum_1h")).isEqualTo("9.0/PRESENT/40000");

      driver.vector("p1", "c", ofMinutes(1), 1, 60);
      driver.noPrediction();
      driver.nothingKept();
    }
  }

  @Test
  void aRowThatIsAsOfALaterTimeIsNotUsed() {
    try (TestDriver driver = standard()) {
      Duration later = ofMinutes(1).plusMillis(1);
      driver.vector("p0", "c", later, 0, 50);
      driver.row("logins", "c", later, 7, answer(ofSeconds(10), 5));
      driver.row("merchant", "m", later, 7, answer(later, 9));
      driver.event("p0", "c", later);
      driver.prediction();

      driver.event("p1", "c", "m", ofMinutes(1), 1);
      driver.pass(LONGER);
      GenericRecord prediction = driver.prediction();
      for (String view : new String[] {"card", "logins", "merchant"}) {
        assertThat(input(prediction, view + "_amount_sum_1h")).isEqualTo("null/NOT_FOUND/null");
      }

      driver.event("p2", "c", "m", later, 1);
      driver.pass(LONGER);
      GenericRecord atTheTime = driver.prediction();
      assertThat(input(atTheTime, "card_amount_sum_1h")).isEqualTo("50.0/PRESENT/0");
      assertThat(input(atTheTime, "logins_amount_sum_1h")).isEqualTo("5.0/PRESENT/50001");
      assertThat(input(atTheTime, "merchant_amount_sum_1h")).isEqualTo("9.0/PRESENT/0");
    }
  }

  @Test
  void aWaitForeverEndsWithTheVector() {
    try (TestDriver driver = driver(Payments.standard(Wait.forever()))) {
      driver.event("p0", "c", ZERO);
      driver.pass(ofHours(5));
      driver.noPrediction();

      driver.vector("p0", "c", ZERO, 0, 50);
      assertThat(waitResult(driver.prediction())).isEqualTo("ARRIVED");
    }
  }

  @Test
  void aWaitForeverEndsWithTheRetentionOfTheTopic() {
    try (TestDriver driver = driver(Payments.standard(Wait.forever()))) {
      driver.event("p0", "c", ZERO);
      driver.pass(Topics.VECTOR_RETENTION.minusSeconds(1));
      driver.noPrediction();
      driver.pass(ofSeconds(1));

      assertThat(waitResult(driver.prediction())).isEqualTo("TIMED_OUT");
      driver.nothingKept();
    }
  }

  @Test
  void withoutAWaitAnEarlyVectorIsUsed() {
    try (TestDriver driver = driver(Payments.standard(Wait.atMost(ZERO)))) {
      driver.event("p0", "c", ZERO);
      GenericRecord atOnce = driver.prediction();
      assertThat(waitResult(atOnce)).isEqualTo("NOT_AWAITED");
      assertThat(complete(atOnce)).isFalse();

      driver.vector("p1", "c", ZERO, 1, 50);
      driver.event("p1", "c", ZERO);
      assertThat(waitResult(driver.prediction())).isEqualTo("ARRIVED");
    }
  }

  @Test
  void withoutLookupsNothingIsMissing() {
    try (TestDriver driver = driver(Payments.pipeline(true))) {
      driver.event("p0", "c", ZERO);
      GenericRecord prediction = driver.prediction();
      assertThat(waitResult(prediction)).isEqualTo("NOT_AWAITED");
      assertThat(complete(prediction)).isTrue();
    }
  }

  @Test
  void repeatedVectorsChangeNothing() {
    try (TestDriver driver = standard()) {
      driver.event("p0", "c", ZERO);
      driver.event("p1", "c", ofMillis(1));
      driver.vector("p0", "c", ZERO, 0, 50);
      driver.vector("p0", "c", ZERO, 0, 50);
      driver.vector("p1", "c", ofMillis(1), 1, 70);
      driver.vector("p0", "c", ZERO, 0, 50);
      driver.vector("p1", "c", ofMillis(1), 1, 70);

      assertThat(driver.prediction().get("event_id")).isEqualTo("p0");
      assertThat(driver.prediction().get("event_id")).isEqualTo("p1");
      driver.noPrediction();
      driver.nothingKept();
      assertThat(driver.metric("repeated_vectors_total")).isEqualTo(3);

      driver.event("p2", "c", ofMillis(2));
      driver.pass(LONGER);
      assertThat(cardSum(driver.prediction())).isEqualTo(70.0);
    }
  }

  @Test
  void theLongestWaitOfTheViewsCounts() {
    FeatureView quick = Payments.view("quick", "payments", "card", Wait.atMost(ofMillis(60)));
    FeatureView slow = Payments.view("slow", "logins", "card", WAIT);
    try (TestDriver driver = driver(Payments.pipeline(true, quick, slow))) {
      driver.event("p0", "c", ZERO);
      driver.pass(ofMillis(180));
      driver.noPrediction();
      driver.pass(ofMillis(20));
      assertThat(waitResult(driver.prediction())).isEqualTo("TIMED_OUT");
      driver.nothingKept();
    }
  }
}
