package dev.millrace.inference.topology;

import static dev.millrace.inference.topology.TestDriver.input;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.pipeline.Wait;
import java.nio.file.Path;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepeatedRowTest {
  /** A view whose definition has changed is computed anew: same events, other values. */
  @Test
  void aRowThatIsComputedAnewReplacesTheOldOne(@TempDir Path stateDir) {
    try (TestDriver driver =
        new TestDriver(Payments.standard(Wait.atMost(ZERO)), SumModel.CHAMPION, stateDir)) {
      driver.row("merchant", "m", "p0", ZERO, 0, 50);
      driver.row("logins", "c", "l0", ZERO, 0, 5);
      driver.event("p1", "c", "m", ofMinutes(1), 1);
      assertThat(input(driver.prediction(), "merchant_amount_sum_1h"))
          .isEqualTo("50.0/PRESENT/60000");

      driver.row("merchant", "m", "p0", ZERO, 0, 1000);
      driver.row("logins", "c", "l0", ZERO, 0, 100);
      driver.event("p2", "c", "m", ofMinutes(1), 1);
      GenericRecord prediction = driver.prediction();
      assertThat(input(prediction, "merchant_amount_sum_1h")).isEqualTo("1000.0/PRESENT/60000");
      assertThat(input(prediction, "logins_amount_sum_1h")).isEqualTo("100.0/PRESENT/60000");
    }
  }

  /** The features' sink is at least once: after a restart, old rows and tombstones come again. */
  @ParameterizedTest
  @ValueSource(strings = {"card", "logins", "merchant"})
  void anOldTombstoneThatComesAgainLeavesTheNewerRow(String view, @TempDir Path stateDir) {
    try (TestDriver driver =
        new TestDriver(Payments.standard(Wait.atMost(ZERO)), SumModel.CHAMPION, stateDir)) {
      for (int run = 0; run < 2; run++) {
        driver.row(view, "e", "old", ZERO, 100, 50);
        driver.tombstone(view, "e", ofMinutes(60));
        if (run == 0) {
          driver.event("p0", "e", "e", ofMinutes(60), 1);
          assertThat(TestDriver.usedRow(driver.prediction(), view)).isNull();
          driver.row(view, "e", "newer", ofMinutes(61), 200, 70);
        }
        driver.event("p1", "e", "e", ofMinutes(62), 1);
        assertThat(TestDriver.usedRow(driver.prediction(), view)).isEqualTo("newer");
      }
      driver.tombstone(view, "e", ofMinutes(61));
      driver.event("p2", "e", "e", ofMinutes(122), 1);
      assertThat(TestDriver.usedRow(driver.prediction(), view)).isNull();
    }
  }
}
