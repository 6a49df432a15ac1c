package dev.millrace.deploy.evolution;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RepeatedFailuresTest {
  private final RepeatedFailures failures = new RepeatedFailures();

  @Test
  void threeRestartsWithoutACheckpointAreAFailingJob() {
    assertThat(failures.take(0, 0)).isFalse();
    assertThat(failures.take(2, 0)).isFalse();
    assertThat(failures.take(3, 0)).isTrue();
    assertThat(failures.isFailing()).isTrue();
  }

  @Test
  void aCheckpointEndsTheRun() {
    failures.take(0, 0);
    assertThat(failures.take(2, 1)).isFalse();
    assertThat(failures.take(4, 1)).isFalse();
    assertThat(failures.take(5, 1)).isTrue();
    assertThat(failures.take(6, 2)).isFalse();
  }

  /** The cause may have been mended before this command began. */
  @Test
  void earlierFailuresDoNotCount() {
    assertThat(failures.take(40, 7)).isFalse();
    assertThat(failures.take(42, 7)).isFalse();
    assertThat(failures.take(43, 7)).isTrue();
  }
}
