package dev.millrace.inference.policy;

import static dev.millrace.schemas.avro.WaitResult.ARRIVED;
import static dev.millrace.schemas.avro.WaitResult.NOT_AWAITED;
import static dev.millrace.schemas.avro.WaitResult.TIMED_OUT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.inference.policy.WaitPolicy.VectorUse;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class WaitPolicyTest {
  private static final WaitPolicy POLICY = new WaitPolicy(Duration.ofMillis(200));
  private static final WaitStart TIMES = new WaitStart(1_000, 1_000);

  @Test
  void anEventWaitsUntilItsVectorArrivesOrTheWaitEnds() {
    assertThat(POLICY.decide(true, TIMES, 1_000)).isEqualTo(ARRIVED);
    assertThat(POLICY.decide(false, TIMES, 1_000)).isNull();
    assertThat(POLICY.decide(false, TIMES, 1_199)).isNull();
    assertThat(POLICY.decide(false, TIMES, 1_200)).isEqualTo(TIMED_OUT);
    assertThat(POLICY.decide(true, TIMES, 1_200)).isEqualTo(ARRIVED);
  }

  @Test
  void withoutAWaitAnEventIsScoredAtOnce() {
    WaitPolicy none = new WaitPolicy(Duration.ZERO);
    assertThat(none.decide(false, TIMES, 1_000)).isEqualTo(NOT_AWAITED);
    assertThat(none.decide(true, TIMES, 1_000)).isEqualTo(ARRIVED);
  }

  @Test
  void theOffsetDecidesTheUseOfAVector() {
    assertThat(WaitPolicy.useOf(7, 6, false)).isEqualTo(VectorUse.EARLY);
    assertThat(WaitPolicy.useOf(7, 7, false)).isEqualTo(VectorUse.REPEATED);
    assertThat(WaitPolicy.useOf(7, 9, true)).isEqualTo(VectorUse.AWAITED);
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
