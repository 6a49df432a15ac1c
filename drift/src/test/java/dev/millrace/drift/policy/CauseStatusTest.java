package dev.millrace.drift.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.detect.Verdict;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** When a change that was acknowledged is reported again. */
class CauseStatusTest {
  private static final int RECOVERY = 3;
  private static final long DAY = 86_400_000;

  private static CauseFinding features(int day, Map<String, Double> sizes) {
    return new CauseFinding(
        Cause.DATA,
        day * DAY,
        (day + 1) * DAY,
        Verdict.DRIFT,
        sizes,
        List.copyOf(sizes.keySet()),
        "",
        List.of(),
        "");
  }

  private static CauseFinding slices(int day, double level, String... slices) {
    CauseSignal signal =
        new CauseSignal(
            Cause.FAIRNESS,
            "v",
            day * DAY,
            (day + 1) * DAY,
            Verdict.DRIFT,
            level,
            "",
            List.of(slices));
    return CauseFinding.of(signal, false);
  }

  /** Which features an alarm names differs from window to window. */
  @Test
  void featuresThatAlternateFireOnceEach() {
    CauseStatus status = CauseStatus.INITIAL;
    for (int day = 0; day < 10; day++) {
      String feature = day % 2 == 0 ? "amount" : "channel";
      status = status.next(features(day, Map.of(feature, 0.3)), RECOVERY).asAcknowledged();
    }

    assertThat(status.episode()).isEqualTo(2);
  }

  @Test
  void aFeatureThatHasGrownFiresAgain() {
    CauseStatus status = CauseStatus.INITIAL;
    for (double size : new double[] {0.1, 0.15, 0.3, 0.1, 0.3}) {
      status = status.next(features(1, Map.of("amount", size)), RECOVERY).asAcknowledged();
    }

    assertThat(status.episode()).as("0.3 is the double of 0.1, once").isEqualTo(2);
  }

  @Test
  void slicesOfASignalThatAlternateFireOnce() {
    CauseStatus status = CauseStatus.INITIAL;
    for (int day = 0; day < 10; day++) {
      String slice = day % 2 == 0 ? "origin=ATL" : "origin=ORD";
      status = status.next(slices(day, 0.3, slice), RECOVERY).asAcknowledged();
    }
    assertThat(status.episode()).isEqualTo(1);

    assertThat(status.next(slices(10, 0.7, "origin=ATL"), RECOVERY).episode()).isEqualTo(2);
  }

  @Test
  void aSignalNamesItsSlices() {
    assertThat(slices(0, 0.3, "origin=ATL", "origin=ORD").names())
        .containsExactly("origin=ATL", "origin=ORD");
    assertThat(slices(0, 0.3).names()).isEmpty();
  }
}
