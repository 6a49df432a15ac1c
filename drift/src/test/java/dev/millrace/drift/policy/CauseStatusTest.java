package dev.millrace.drift.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.detect.Verdict;
import dev.millrace.schemas.avro.DriftTest;
import dev.millrace.schemas.avro.FeatureDrift;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** When a change that was acknowledged is reported again. */
class CauseStatusTest {
  private static final int RECOVERY = 3;
  private static final long DAY = 86_400_000;

  private static CauseFinding features(int day, Map<String, Double> sizes) {
    return finding(day, Verdict.DRIFT, sizes, List.of(), Set.of());
  }

  private static CauseFinding finding(
      int day,
      Verdict verdict,
      Map<String, Double> sizes,
      List<FeatureDrift> evidence,
      Set<String> untested) {
    return new CauseFinding(
        Cause.DATA,
        day * DAY,
        (day + 1) * DAY,
        verdict,
        sizes,
        List.copyOf(sizes.keySet()),
        "",
        evidence,
        "",
        untested,
        day * DAY);
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

  /** With min_effect 0 a difference may be significant and no larger than chance. */
  @Test
  void aChangeWithoutASizeFiresOnce() {
    CauseStatus status = CauseStatus.INITIAL;
    for (double size : new double[] {0, 0, 0, 0.1, 0.1}) {
      status = status.next(features(1, Map.of("amount", size)), RECOVERY).asAcknowledged();
    }

    assertThat(status.episode()).as("0.1 is more than nothing").isEqualTo(2);
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

  /** Benjamini-Hochberg names features that differ by chance: in a long episode, each at a time. */
  @Test
  void aFeatureThatIsOnlyNamedDoesNotFireAgain() {
    CauseStatus status =
        CauseStatus.INITIAL.next(alarm(0, Set.of("amount")), RECOVERY).asAcknowledged();

    status = status.next(alarm(1, Set.of("amount"), "channel"), RECOVERY);
    assertThat(status.episode()).as("named").isEqualTo(1);

    status = status.next(alarm(2, Set.of("amount", "channel")), RECOVERY);
    assertThat(status.episode()).as("an alarm by itself").isEqualTo(2);
  }

  @Test
  void aSliceWithFewPredictionsHasNotRecovered() {
    CauseStatus firing =
        CauseStatus.INITIAL.next(features(0, Map.of("amount in country=DE", 0.3)), RECOVERY);
    CauseStatus few = firing;
    CauseStatus none = firing;
    for (int day = 1; day <= RECOVERY; day++) {
      few = few.next(calm(day, Set.of("country=DE")), RECOVERY);
      none = none.next(calm(day, Set.of("country=FR")), RECOVERY);
    }

    assertThat(few.firing()).as("too few predictions of DE").isTrue();
    assertThat(none.firing()).as("no predictions of DE at all").isFalse();
  }

  private static CauseFinding calm(int day, Set<String> untested) {
    return finding(day, Verdict.OK, Map.of(), List.of(), untested);
  }

  private static CauseFinding alarm(int day, Set<String> alarms, String... named) {
    List<FeatureDrift> evidence = new ArrayList<>();
    alarms.forEach(feature -> evidence.add(evidence(feature, true)));
    Stream.of(named).forEach(feature -> evidence.add(evidence(feature, false)));
    Map<String, Double> sizes = new HashMap<>();
    evidence.forEach(each -> sizes.put(each.getFeature(), each.getJensenShannon()));
    return finding(day, Verdict.DRIFT, sizes, evidence, Set.of());
  }

  private static FeatureDrift evidence(String feature, boolean alarm) {
    return FeatureDrift.newBuilder()
        .setFeature(feature)
        .setTest(DriftTest.KOLMOGOROV_SMIRNOV)
        .setStatistic(0.3)
        .setPValue(1e-6)
        .setPsi(0.3)
        .setJensenShannon(0.3)
        .setN(1000)
        .setReferenceN(1000)
        .setNulls(0)
        .setInvalid(0)
        .setVerdict(
            alarm
                ? dev.millrace.schemas.avro.Verdict.DRIFT
                : dev.millrace.schemas.avro.Verdict.WARNING)
        .build();
  }
}
