package dev.millrace.schemas.topics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CombinedArrivalClockTest {
  private final CombinedArrivalClock clocks = new CombinedArrivalClock(Duration.ofSeconds(5));

  @Test
  void usesTheSlowestArrivalPartitionWithRecords() {
    clocks.see(3, 90_000);
    clocks.see(0, 1_000);
    clocks.see(0, 500);

    assertThat(clocks.read(0)).isEqualTo(1_000);
    assertThat(clocks.silent()).isFalse();
  }

  @Test
  void leavesOutASilentPartitionAndUsesTheNewestWhenAllAreSilent() {
    clocks.see(0, 1_000);
    clocks.see(1, 90_000);
    for (long now = 0; now < 5_000; now += 500) {
      clocks.see(2, 50_000);
      assertThat(clocks.read(now)).isEqualTo(1_000);
    }
    clocks.see(2, 50_000);
    assertThat(clocks.read(5_000)).isEqualTo(50_000);

    for (long now = 5_500; now < 10_000; now += 500) {
      assertThat(clocks.read(now)).isEqualTo(50_000);
    }
    assertThat(clocks.read(10_000)).isEqualTo(90_000);
    assertThat(clocks.silent()).isTrue();
  }

  @Test
  void hasNoClockWithoutARecordThatCarriesOne() {
    clocks.see(0, CombinedArrivalClock.NONE);

    assertThat(clocks.read(0)).isEqualTo(CombinedArrivalClock.NONE);
    assertThat(clocks.silent()).isFalse();
  }

  /** A header may contain any number. */
  @Test
  void acceptsAnyNumberAsArrivalPartition() {
    clocks.see(Integer.MAX_VALUE, 2_000);
    clocks.see(-1, 1_000);
    clocks.see(Integer.MIN_VALUE, 3_000);

    assertThat(clocks.read(0)).isEqualTo(2_000);
  }
}
