package dev.millrace.inference.policy;

import static dev.millrace.schemas.avro.WaitResult.ARRIVED;
import static dev.millrace.schemas.avro.WaitResult.NOT_AWAITED;
import static dev.millrace.schemas.avro.WaitResult.TIMED_OUT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.inference.policy.WaitPolicy.RowUse;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class WaitPolicyTest {
  /** Views: 0 is awaited for 200 ms, 1 for 60 ms, 2 is not awaited. */
  private static final WaitPolicy POLICY =
      new WaitPolicy(Arrays.asList(Duration.ofMillis(200), Duration.ofMillis(60), null));

  private static final WaitStart TIMES = new WaitStart(1_000, 1_000);

  @Test
  void anEventWaitsUntilTheLastOfItsWaitsEnds() {
    assertThat(POLICY.decide(view -> false, TIMES, 1_000)).isNull();
    assertThat(POLICY.decide(view -> false, TIMES, 1_199)).isNull();
    assertThat(POLICY.decide(view -> false, TIMES, 1_200))
        .containsExactly(TIMED_OUT, TIMED_OUT, NOT_AWAITED);
  }

  @Test
  void anEventWithAllItsRowsDoesNotWait() {
    assertThat(POLICY.decide(view -> view < 2, TIMES, 1_000))
        .containsExactly(ARRIVED, ARRIVED, NOT_AWAITED);
    assertThat(POLICY.decide(view -> view == 0, TIMES, 1_059)).isNull();
    assertThat(POLICY.decide(view -> view == 0, TIMES, 1_060))
        .containsExactly(ARRIVED, TIMED_OUT, NOT_AWAITED);
  }

  @Test
  void theOffsetDecidesTheUseOfARow() {
    assertThat(WaitPolicy.useOf(7, 6, false)).isEqualTo(RowUse.EARLY);
    assertThat(WaitPolicy.useOf(7, 7, false)).isEqualTo(RowUse.REPEATED);
    assertThat(WaitPolicy.useOf(7, 9, true)).isEqualTo(RowUse.AWAITED);
  }

  @Test
  void aRestartExtendsAWaitByItsLengthOrByAnHour() {
    long day = Duration.ofDays(1).toMillis();
    assertThat(new WaitStart(0, 1_000).endMillis(Duration.ofMillis(200))).isEqualTo(1_200);
    assertThat(new WaitStart(0, day).endMillis(Duration.ofHours(5)))
        .isEqualTo(day + Duration.ofHours(1).toMillis());
    assertThat(new WaitStart(5, 0).endMillis(Duration.ofMillis(200))).isEqualTo(205);
  }
}
