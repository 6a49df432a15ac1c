package dev.millrace.inference.topology;

import static dev.millrace.inference.topology.TestDriver.answer;
import static dev.millrace.inference.topology.TestDriver.input;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.pipeline.Wait;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of the store that are written again, or change without an event. */
class RepeatedRowTest {
  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path stateDir;

  private TestDriver start() {
    return new TestDriver(Payments.standard(Wait.atMost(ZERO)), SumModel.CHAMPION, stateDir);
  }

  /** A view whose definition has changed is computed anew: same time, other values. */
  @Test
  void aRowThatIsComputedAnewReplacesTheOldOne() {
    try (TestDriver driver = start()) {
      driver.row("merchant", "e", ZERO, 0, 50);
      driver.row("logins", "e", ZERO, 0, 5);
      assertThat(stored(driver, "merchant", ofMinutes(1))).isEqualTo("50.0/PRESENT/60000");

      driver.row("merchant", "e", ZERO, 0, 1000);
      driver.row("logins", "e", ZERO, 0, 100);
      assertThat(stored(driver, "merchant", ofMinutes(1))).isEqualTo("1000.0/PRESENT/60000");
      assertThat(stored(driver, "logins", ofMinutes(1))).isEqualTo("100.0/PRESENT/60000");
    }
  }

  /** The features' sink is at least once: after a restart, old rows and tombstones come again. */
  @ParameterizedTest
  @ValueSource(strings = {"card", "logins", "merchant"})
  void anOldTombstoneThatComesAgainLeavesTheNewerRow(String view) {
    try (TestDriver driver = start()) {
      for (int run = 0; run < 2; run++) {
        driver.row(view, "e", ZERO, 100, 50);
        driver.tombstone(view, "e", ofMinutes(60));
        if (run == 0) {
          assertThat(stored(driver, view, ofMinutes(60))).isEqualTo("null/NOT_FOUND/null");
          driver.row(view, "e", ofMinutes(61), 200, 70);
        }
        assertThat(stored(driver, view, ofMinutes(62))).isEqualTo("70.0/PRESENT/60000");
      }
      driver.tombstone(view, "e", ofMinutes(61));
      assertThat(stored(driver, view, ofMinutes(122))).isEqualTo("null/NOT_FOUND/null");
    }
  }

  /** A window empties without an event; the age is still that of the newest event. */
  @ParameterizedTest
  @ValueSource(strings = {"card", "logins", "merchant"})
  void aRowThatChangedWithoutAnEventReplacesTheOlderOne(String view) {
    try (TestDriver driver = start()) {
      driver.row(view, "e", ZERO, 0, 50);
      driver.row(view, "e", ofMinutes(30), 1, answer(ZERO, Double.NaN));
      driver.row(view, "e", ZERO, 0, 50);
      assertThat(stored(driver, view, ofMinutes(40))).isEqualTo("null/NULL_VALUE/2400000");
    }
  }

  @Test
  void theVectorsFeedTheStoreOfTheirOwnView() {
    try (TestDriver driver = start()) {
      driver.vector("p9", "e", ofMinutes(1), 9, 50);
      assertThat(stored(driver, "card", ofMinutes(2))).isEqualTo("50.0/PRESENT/60000");

      driver.vector("p8", "e", ofMinutes(1), 8, 40);
      assertThat(stored(driver, "card", ofMinutes(2))).as("an earlier event").startsWith("50.0");
      driver.row("card", "e", ofMinutes(1), 1, 80);
      driver.vector("p10", "e", ofMinutes(1), 10, 60);
      assertThat(stored(driver, "card", ofMinutes(2)))
          .as("a row that contains an event out of order, too")
          .isEqualTo("80.0/PRESENT/60000");
      driver.row("card", "e", ofMinutes(2), 1_001, answer(ofMinutes(1), 2));
      assertThat(stored(driver, "card", ofMinutes(3))).isEqualTo("2.0/PRESENT/120000");
      driver.tombstone("card", "e", ofMinutes(4));
      assertThat(stored(driver, "card", ofMinutes(4))).isEqualTo("null/NOT_FOUND/null");
    }
  }

  @Test
  void withoutAnAnswerTheVectorLeavesTheStore() {
    try (TestDriver driver = start()) {
      driver.row("logins", "e", ZERO, 0, 5);
      driver.vector("p9", "e", ofMinutes(1), 9, 50);
      assertThat(stored(driver, "logins", ofMinutes(2))).isEqualTo("5.0/PRESENT/120000");
    }
  }

  /** The input from a view for an event that is scored from the store; it has no vector. */
  private static @Nullable String stored(TestDriver driver, String view, Duration time) {
    driver.event("question", "e", "e", time, 1);
    GenericRecord prediction = driver.prediction();
    assertThat(TestDriver.waitResult(prediction)).isEqualTo("NOT_AWAITED");
    return input(prediction, view + "_amount_sum_1h");
  }
}
