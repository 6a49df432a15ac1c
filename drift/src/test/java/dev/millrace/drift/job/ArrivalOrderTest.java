package dev.millrace.drift.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.Shop;
import dev.millrace.drift.detect.Verdict;
import dev.millrace.drift.policy.Acknowledgement;
import dev.millrace.drift.policy.CauseSignal;
import dev.millrace.drift.policy.SignalInputs;
import dev.millrace.drift.policy.SignalMark;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.Retraining;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.pipeline.Cause;
import dev.millrace.schemas.pipeline.Retrain;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Published records depend on windows, signals, labels and acknowledgements, and not on the order
 * in which these arrive: their inputs are read independently of each other.
 */
class ArrivalOrderTest {
  private static final int WINDOWS = 11;
  private static final int ROWS = 120;
  private static final int DRIFTED = 5;

  /** Requests retraining again. */
  private static final int GROWN = 8;

  /** Windows from the end of a window until its labels are known. */
  private static final int DUE_AFTER = 3;

  /** More than the labels of one window. */
  private static final int MIN_LABELS = 60;

  private static final SignalInputs INPUTS =
      new SignalInputs(
          Set.of("quality", "coverage", "labels"),
          DUE_AFTER * Shop.WINDOW,
          SignalInputs.WITHOUT_BOUND);

  private static final Retrain RETRAIN =
      new Retrain(Set.of(Cause.DATA, Cause.QUALITY), Duration.ofSeconds(3), MIN_LABELS);

  private interface Step {
    void run(DriftHarness drift) throws Exception;
  }

  /** What consumers have: the newest alerts of each key, without those written again. */
  private record Published(
      List<DriftReport> reports,
      Map<String, List<Alert>> alerts,
      List<RetrainingTrigger> triggers) {
    static final Published NOTHING = new Published(List.of(), Map.of(), List.of());

    Published plus(DriftHarness drift) {
      List<DriftReport> allReports = new ArrayList<>(reports);
      allReports.addAll(drift.reports());
      Map<String, List<Alert>> allAlerts = new TreeMap<>();
      alerts.forEach((key, ofKey) -> allAlerts.put(key, new ArrayList<>(ofKey)));
      for (Alert alert : drift.alerts()) {
        List<Alert> ofKey = allAlerts.computeIfAbsent(alert.getKey(), key -> new ArrayList<>());
        if (ofKey.isEmpty() || !ofKey.get(ofKey.size() - 1).equals(alert)) {
          ofKey.add(alert);
        }
      }
      List<RetrainingTrigger> allTriggers = new ArrayList<>(triggers);
      allTriggers.addAll(drift.triggers());
      return new Published(allReports, allAlerts, allTriggers);
    }
  }

  private static CauseSignal signal(dev.millrace.drift.detect.Cause cause, int window) {
    boolean lost = window >= 2 && window <= 4;
    return new CauseSignal(
        cause,
        Shop.VERSION,
        window * Shop.WINDOW,
        (window + 1) * Shop.WINDOW,
        lost ? Verdict.DRIFT : Verdict.OK,
        lost ? 0.3 : 0,
        "of window " + window,
        List.of());
  }

  private static Acknowledgement acknowledgement(String cause, int window) {
    return new Acknowledgement(
        "shop/refund/" + cause, Shop.VERSION, window * Shop.WINDOW, "ada", "", 0);
  }

  /** Each window in three partials, in any order. */
  private static List<Step> predictions(Random random) {
    List<Step> steps = new ArrayList<>();
    for (int window = 0; window < WINDOWS; window++) {
      int number = window;
      double shift = shift(window);
      List<Step> parts = new ArrayList<>();
      for (int part = 0; part < 3; part++) {
        int each = part;
        parts.add(drift -> drift.part(number, each, 3, ROWS, shift));
      }
      Collections.shuffle(parts, random);
      steps.addAll(parts);
      steps.add(drift -> drift.close(number));
    }
    return steps;
  }

  private static double shift(int window) {
    if (window == GROWN) {
      return 9;
    }
    return window == DRIFTED || window == DRIFTED + 1 ? 3 : 0;
  }

  private static List<Step> signals(String input, dev.millrace.drift.detect.Cause... causes) {
    List<Step> steps = new ArrayList<>();
    for (int window = 0; window < WINDOWS; window++) {
      for (dev.millrace.drift.detect.Cause cause : causes) {
        CauseSignal signal = signal(cause, window);
        steps.add(drift -> drift.signal(signal));
      }
      long dueMillis = (window + 1 + DUE_AFTER) * Shop.WINDOW;
      steps.add(drift -> drift.mark(new SignalMark(input, dueMillis - 1, false)));
    }
    return steps;
  }

  /** Each window has half of its labels when it ends, and half of them one window later. */
  private static List<Step> labels(Random random) {
    List<Step> steps = new ArrayList<>();
    for (int window = 0; window < WINDOWS; window++) {
      int number = window;
      List<Step> parts = new ArrayList<>();
      for (int part = 0; part < 2; part++) {
        int size = 8 + 4 * part;
        parts.add(drift -> drift.labels(number, number, size));
        if (number > 0) {
          parts.add(drift -> drift.labels(number - 1, number, size));
        }
      }
      Collections.shuffle(parts, random);
      steps.addAll(parts);
      long dueMillis = (number + 1) * Shop.WINDOW;
      steps.add(drift -> drift.mark(new SignalMark("labels", dueMillis - 1, false)));
    }
    return steps;
  }

  /** The steps of each input stay in their order. */
  private static List<Step> merged(Random random) {
    List<List<Step>> inputs =
        List.of(
            predictions(random),
            signals("quality", dev.millrace.drift.detect.Cause.QUALITY),
            signals("coverage", dev.millrace.drift.detect.Cause.LABEL_COVERAGE),
            labels(random));
    int[] next = new int[inputs.size()];
    double[] speed = random.doubles(inputs.size(), 0.05, 1).toArray();
    List<Step> steps = new ArrayList<>();
    int acknowledgeUntil = 0;
    for (int left = inputs.stream().mapToInt(List::size).sum(); left > 0; ) {
      int input = random.nextInt(inputs.size());
      if (next[input] < inputs.get(input).size() && random.nextDouble() < speed[input]) {
        steps.add(inputs.get(input).get(next[input]++));
        left--;
        if (input == 0 && next[0] == 4 * (DRIFTED + 1)) {
          acknowledgeUntil = steps.size(); // Window 5 is complete, and 6 is not.
        }
      }
    }
    steps.add(
        random.nextInt(acknowledgeUntil + 1),
        drift -> drift.acknowledge(acknowledgement("data-drift", DRIFTED)));
    steps.add(
        random.nextInt(acknowledgeUntil + 1),
        drift -> drift.acknowledge(acknowledgement("quality", 2)));
    return steps;
  }

  /** Sources repeat their progress, also after a restart. */
  private static void repeatProgress(DriftHarness drift) throws Exception {
    long dueMillis = (WINDOWS + DUE_AFTER) * Shop.WINDOW;
    drift.mark(new SignalMark("quality", dueMillis - 1, false));
    drift.mark(new SignalMark("coverage", dueMillis - 1, false));
    drift.mark(new SignalMark("labels", dueMillis - 1, false));
    drift.close(WINDOWS - 1);
  }

  private static DriftHarness harness(@Nullable OperatorSubtaskState state) throws Exception {
    return new DriftHarness(RETRAIN, INPUTS, state);
  }

  private static Published run(List<Step> steps) throws Exception {
    try (DriftHarness drift = harness(null)) {
      for (Step step : steps) {
        step.run(drift);
      }
      repeatProgress(drift);
      return Published.NOTHING.plus(drift);
    }
  }

  /** The steps up to a checkpoint, and the others in a job that starts from it. */
  private static Published restartedAt(int checkpoint, List<Step> steps) throws Exception {
    Published published;
    OperatorSubtaskState state;
    try (DriftHarness drift = harness(null)) {
      for (Step step : steps.subList(0, checkpoint)) {
        step.run(drift);
      }
      published = Published.NOTHING.plus(drift);
      state = drift.snapshot();
    }
    try (DriftHarness drift = harness(state)) {
      for (Step step : steps.subList(checkpoint, steps.size())) {
        step.run(drift);
      }
      repeatProgress(drift);
      return published.plus(drift);
    }
  }

  @Test
  void theScenarioHasWhatTheOrderCouldChange() throws Exception {
    Published published = run(merged(new Random(1)));

    assertThat(published.reports()).hasSize(WINDOWS);
    assertThat(published.triggers()).hasSizeGreaterThan(1);
    assertThat(published.reports())
        .extracting(DriftReport::getRetraining)
        .contains(Retraining.AWAITING_LABELS);
    assertThat(published.alerts())
        .containsOnlyKeys(
            "shop/refund/data-drift", "shop/refund/quality", "shop/refund/label-coverage");
    assertThat(published.alerts().get("shop/refund/quality"))
        .extracting(alert -> alert.getStatus() + " " + alert.getSince().toEpochMilli())
        .containsExactly("FIRING 2000", "ACKNOWLEDGED 2000", "RESOLVED 2000");
    assertThat(published.alerts().get("shop/refund/data-drift"))
        .extracting(alert -> alert.getStatus() + " " + alert.getSeverity())
        .startsWith("FIRING WARNING", "ACKNOWLEDGED WARNING");
  }

  @Test
  void anyOrderOfTheInputsPublishesTheSame() throws Exception {
    Published expected = run(merged(new Random(1)));
    for (int seed = 2; seed < 14; seed++) {
      assertThat(run(merged(new Random(seed)))).as("seed %d", seed).isEqualTo(expected);
    }
  }

  @Test
  void aRestartAtAnyPointPublishesTheSame() throws Exception {
    Published expected = run(merged(new Random(1)));
    List<Step> steps = merged(new Random(42));
    for (int checkpoint = 1; checkpoint < steps.size(); checkpoint++) {
      assertThat(restartedAt(checkpoint, steps))
          .as("checkpoint after step %d", checkpoint)
          .isEqualTo(expected);
    }
  }

  /** Labels that do not arrive must not hold back windows, and later ones are not lost. */
  @Test
  void anIdleInputHoldsBackNothing() throws Exception {
    try (DriftHarness drift = harness(null)) {
      drift.mark(new SignalMark("coverage", Long.MIN_VALUE, true));
      drift.mark(new SignalMark("labels", Long.MIN_VALUE, true));
      drift.window(0, ROWS, 0).window(1, ROWS, 0);
      assertThat(drift.reports()).as("quality is not known to be idle").isEmpty();

      drift.mark(new SignalMark("quality", Long.MIN_VALUE, true));
      assertThat(drift.reports()).hasSize(2);
      for (int window = 2; window < 10; window++) {
        drift.window(window, ROWS, 0);
      }
      assertThat(drift.reports()).hasSize(10);

      drift.signal(signal(dev.millrace.drift.detect.Cause.QUALITY, 3));
      assertThat(drift.alerts()).hasSize(1);
    }
  }
}
