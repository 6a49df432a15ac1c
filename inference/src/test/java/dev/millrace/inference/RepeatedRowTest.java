package dev.millrace.inference;

import static dev.millrace.inference.TestDriver.input;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.pipeline.Wait;
import java.nio.file.Path;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
}
