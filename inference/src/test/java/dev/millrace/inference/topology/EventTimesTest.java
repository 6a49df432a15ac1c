package dev.millrace.inference.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.inference.rows.EventTimes;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Wait;
import dev.millrace.schemas.topics.Progress;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The present of a partition, by which the ages of rows are told. */
class EventTimesTest {
  private static final Pipeline PIPELINE = Payments.standard(Wait.atMost(Duration.ofSeconds(1)));

  @Test
  void theTimeIsTheGreatestOfAnyRecordAndNeverGoesBack(@TempDir Path dir) {
    EventTimes times;
    try (TestDriver driver = new TestDriver(PIPELINE, null, dir)) {
      times = driver.times();
      driver.pass(ScoringProcessor.TIMEOUT_CHECK);
      assertThat(times.of(0, 7)).as("before the first record").isEqualTo(7);

      driver.event("p0", "c", Duration.ofMinutes(10));
      assertThat(read(driver)).isEqualTo(TestDriver.at(Duration.ofMinutes(10)));
      driver.event("p1", "c", Duration.ofMinutes(9));
      assertThat(read(driver)).isEqualTo(TestDriver.at(Duration.ofMinutes(10)));
      driver.progress(Progress.ofOne(TestDriver.at(Duration.ofMinutes(20)), false, 0));
      assertThat(times.of(0, TestDriver.at(Duration.ofMinutes(21))))
          .as("a row is never newer than the present")
          .isEqualTo(TestDriver.at(Duration.ofMinutes(21)));
      long present = read(driver);
      assertThat(present).isEqualTo(TestDriver.at(Duration.ofMinutes(20)));
      assertThat(times.of(3, 0)).as("a partition of another instance").isEqualTo(present);
    }
    assertThat(times.of(0, 7)).as("after the task was closed").isEqualTo(7);
  }

  private static long read(TestDriver driver) {
    driver.pass(ScoringProcessor.TIMEOUT_CHECK);
    return driver.times().of(0, 0);
  }
}
