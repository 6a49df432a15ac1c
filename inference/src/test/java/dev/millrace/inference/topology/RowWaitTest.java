package dev.millrace.inference.topology;

import static dev.millrace.inference.topology.TestDriver.input;
import static dev.millrace.inference.topology.TestDriver.usedRow;
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
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowWaitTest {
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
  void anEventWaitsForItsRow() {
    try (TestDriver driver = standard()) {
      driver.event("p0", "c", ZERO);
      driver.pass(ofMillis(100));
      driver.noPrediction();

      driver.row("card", "c", "p0", ZERO, 0, 50);

      GenericRecord prediction = driver.prediction();
      assertThat(waitResult(prediction, "card")).isEqualTo("ARRIVED");
      assertThat(usedRow(prediction, "card")).isEqualTo("p0");
      assertThat(input(prediction, "card_amount_sum_1h")).isEqualTo("50.0/PRESENT/0");
      driver.pass(LONGER);
      driver.noPrediction();
      driver.nothingKept();
    }
  }

  @Test
  void anEarlyRowIsKeptForItsEvent() {
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
  void aLateEventsRowWithTheSameOffsetIsNotUsed() {
    try (TestDriver driver = standard()) {
      driver.row("card", "c", "late", ZERO, 0, 20);
      driver.row("card", "c", "p0", ofMinutes(10), 0, 50);
      driver.event("p0", "c", ofMinutes(10));

      GenericRecord prediction = driver.prediction();
      assertThat(waitResult(prediction, "card")).isEqualTo("ARRIVED");
      assertThat(usedRow(prediction, "card")).isEqualTo("p0");
    }
  }

  @Test
  void anEventOutOfOrderIsScoredWithItsOlderRow() {
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
  void afterTheTimeoutAnEventIsScoredWithTheNewestRow() {
    try (TestDriver driver = standard()) {
      driver.event("p0", "c", ZERO);
      driver.row("card", "c", "p0", ZERO, 0, 50);
      driver.prediction();

      driver.event("p1", "c", ofMinutes(1));
      driver.pass(ofMillis(180));
      driver.noPrediction();
      driver.pass(ofMillis(20));

      GenericRecord prediction = driver.prediction();
      assertThat(waitResult(prediction, "card")).isEqualTo("TIMED_OUT");
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
      assertThat(waitResult(driver.prediction(), "card")).isEqualTo("ARRIVED");
    }
  }

  @Test
  void aWaitForeverEndsWithTheRetentionOfTheTopic() {
    try (TestDriver driver = driver(Payments.standard(Wait.forever()))) {
      driver.event("p0", "c", ZERO);
      driver.pass(Topics.VECTOR_RETENTION.minusSeconds(1));
      driver.noPrediction();
      driver.pass(ofSeconds(1));

      assertThat(waitResult(driver.prediction(), "card")).isEqualTo("TIMED_OUT");
      driver.nothingKept();
    }
  }

  @Test
  void withoutAWaitAnEarlyRowIsUsed() {
    try (TestDriver driver = driver(Payments.standard(Wait.atMost(ZERO)))) {
      driver.event("p0", "c", ZERO);
      assertThat(waitResult(driver.prediction(), "card")).isEqualTo("NOT_AWAITED");

      driver.row("card", "c", "p1", ZERO, 1, 50);
      driver.event("p1", "c", ZERO);
      assertThat(waitResult(driver.prediction(), "card")).isEqualTo("ARRIVED");
    }
  }

  @Test
  void repeatedRowsChangeNothing() {
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
      assertThat(driver.metric("repeated_rows_total")).isEqualTo(3);

      driver.event("p2", "c", ofMillis(2));
      driver.pass(LONGER);
      assertThat(usedRow(driver.prediction(), "card")).isEqualTo("p1");
    }
  }

  @Test
  void severalViewsAreAwaited() {
    FeatureView quick = Payments.view("quick", "payments", "card", Wait.atMost(ofMillis(60)));
    FeatureView slow = Payments.view("slow", "payments", "card", WAIT);
    try (TestDriver driver = driver(Payments.pipeline(true, quick, slow))) {
      driver.event("p0", "c", ZERO);
      driver.row("quick", "c", "p0", ZERO, 0, 50);
      driver.noPrediction();
      driver.row("slow", "c", "p0", ZERO, 0, 60);
      GenericRecord both = driver.prediction();
      assertThat(waitResult(both, "quick")).isEqualTo("ARRIVED");
      assertThat(waitResult(both, "slow")).isEqualTo("ARRIVED");

      driver.event("p1", "c", ZERO);
      driver.row("slow", "c", "p1", ZERO, 1, 60);
      driver.pass(ofMillis(60));
      GenericRecord one = driver.prediction();
      assertThat(waitResult(one, "quick")).isEqualTo("TIMED_OUT");
      assertThat(waitResult(one, "slow")).isEqualTo("ARRIVED");

      driver.event("p2", "c", ZERO);
      driver.pass(ofMillis(100));
      driver.noPrediction();
      driver.row("quick", "c", "p2", ZERO, 2, 50);
      driver.pass(ofMillis(100));
      GenericRecord late = driver.prediction();
      assertThat(waitResult(late, "quick")).isEqualTo("ARRIVED");
      assertThat(waitResult(late, "slow")).isEqualTo("TIMED_OUT");
      driver.nothingKept();
    }
  }
}
