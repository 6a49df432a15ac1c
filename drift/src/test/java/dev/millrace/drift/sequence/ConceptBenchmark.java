package dev.millrace.drift.sequence;

import java.util.LinkedHashMap;
import java.util.Map;

/** Not a test: prints the table of the concept detector in the README, see "Measured" there. */
final class ConceptBenchmark {
  private static final double[][] CHANGES = {
    {0.2, 0.25}, {0.2, 0.3}, {0.2, 0.4}, {0.05, 0.1}, {0.01, 0.03}, {0.2, 0.15}
  };

  private ConceptBenchmark() {}

  /** The argument is the number of streams for each figure, 400 by default. */
  public static void main(String[] args) {
    int repetitions = args.length > 0 ? Integer.parseInt(args[0]) : 400;
    System.out.println(
        "| Detector | false alarms | .2 to .25 | .2 to .3 | .2 to .4 | .05 to .1 | .01 to .03"
            + " | .2 to .15 |");
    System.out.println("|---|---|---|---|---|---|---|---|");
    independent().forEach((name, start) -> print(name, 0, repetitions, start));
    for (int dispersion : new int[] {3, 19}) {
      ConceptRuns.Start start = ConceptRuns.concept(s -> s.reference(5_000), dispersion);
      double repeat = (dispersion - 1.0) / (dispersion + 1);
      print("5000 labels, dispersion " + dispersion, repeat, repetitions / 4, start);
    }
  }

  private static Map<String, ConceptRuns.Start> independent() {
    Map<String, ConceptRuns.Start> starts = new LinkedHashMap<>();
    starts.put("exact reference", ConceptRuns.concept(ErrorStream::exactReference, 1));
    for (int labels : new int[] {5_000, 1_000, 200}) {
      starts.put(
          "reference of " + labels + " labels", ConceptRuns.concept(s -> s.reference(labels), 1));
    }
    starts.put("no reference", ConceptRuns.concept(s -> ErrorRate.UNKNOWN, 1));
    starts.put("`Adwin`, delta .002", ConceptRuns.adwin(0.002));
    return starts;
  }

  private static void print(String name, double repeat, int repetitions, ConceptRuns.Start start) {
    StringBuilder delays = new StringBuilder();
    long falseAlarms = 0;
    long observations = 0;
    for (double[] change : CHANGES) {
      ConceptRuns runs = ConceptRuns.of(change[0], change[1], repeat, repetitions, start);
      falseAlarms += runs.falseAlarms();
      observations += runs.observations();
      boolean found = runs.missed() < repetitions;
      delays.append(found ? " %.0f ± %.0f".formatted(runs.meanDelay(), runs.delayError()) : " -");
      double missed = 100.0 * runs.missed() / repetitions;
      delays.append(missed == 0 ? " |" : ", %.1f %% missed |".formatted(missed));
    }
    System.out.printf("| %s | %.2f |%s%n", name, 1e5 * falseAlarms / observations, delays);
  }
}
