package dev.millrace.deploy.flink;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class JobFailureTrackerTest {
  private static final Instant START = Instant.parse("2026-01-05T00:00:00Z");

  private final JobFailureTracker runs = new JobFailureTracker();

  @Test
  void aJobThatFailsImmediatelyAfterEachRestartIsReported() {
    for (int i = 0; i < 3; i++) {
      fail("drift", START.plusSeconds(12L * i));
    }
    assertThat(runs.failing(START.plusSeconds(30)))
        .isEqualTo(
            "job drift failed 3 times since 2026-01-05T00:00:00Z, last:"
                + " java.lang.IllegalStateException: no model");
    assertThat(runs.failing(START.plusSeconds(24).plus(JobFailureTracker.MAX_GAP).plusMillis(1)))
        .isEmpty();
  }

  /** A Kafka producer fails a record only after two minutes. */
  @Test
  void aJobThatFailsSlowlyIsReportedToo() {
    for (int i = 0; i < 3; i++) {
      fail("drift", START.plusSeconds(130L * i));
    }
    assertThat(runs.failing(START.plusSeconds(261))).contains("job drift failed 3 times");
  }

  @Test
  void aCheckpointAfterTheLastFailureEndsTheRun() {
    for (int i = 0; i < 3; i++) {
      fail("drift", START.plusSeconds(i));
    }
    runs.recordCheckpoint("drift", START.plusSeconds(1));
    assertThat(runs.failing(START.plusSeconds(3))).contains("3 times");
    runs.recordCheckpoint("drift", START.plusSeconds(4));
    assertThat(runs.failing(START.plusSeconds(5))).isEmpty();
    fail("drift", START.plusSeconds(6));
    assertThat(runs.failing(START.plusSeconds(7))).isEmpty();
  }

  @Test
  void failuresThatAJobRecoversFromAreNotReported() {
    fail("drift", START);
    fail("features", START);
    fail("features", START);
    fail("drift", START.plus(Duration.ofHours(1)));
    assertThat(runs.failing(START.plus(Duration.ofHours(1)))).isEmpty();
  }

  @Test
  void eachFailureIsLoggedOnce() {
    var failure = new JobFailureTracker.Failure(START, "java.io.IOException: disk full");
    assertThat(runs.record("drift", failure))
        .contains("job drift failed: java.io.IOException: disk full; Flink restarts it");
    assertThat(runs.record("drift", failure)).isEmpty();
  }

  private void fail(String job, Instant at) {
    runs.record(
        job, new JobFailureTracker.Failure(at, "java.lang.IllegalStateException: no model"));
  }
}
