package dev.millrace.drift.benchmark;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import moa.classifiers.core.driftdetection.ADWINChangeDetector;
import moa.classifiers.core.driftdetection.DDM;
import moa.classifiers.core.driftdetection.HDDM_A_Test;
import moa.classifiers.core.driftdetection.HDDM_W_Test;
import moa.classifiers.core.driftdetection.PageHinkleyDM;
import moa.classifiers.core.driftdetection.SEEDChangeDetector;
import moa.classifiers.core.driftdetection.STEPD;

/** Prints the table of MOA's detectors and Millrace's in drift's README. */
final class MoaBenchmark {
  /** Shares of the rows since the change that are of the second concept. */
  private static final double[] SHARES = {1, 0.2};

  private MoaBenchmark() {}

  /** The argument is the number of streams for each figure, 50 by default. */
  public static void main(String[] args) {
    int seeds = args.length > 0 ? Integer.parseInt(args[0]) : 50;
    for (double share : SHARES) {
      Map<Concepts, List<ErrorBits>> streams = streams(share, seeds);
      System.out.printf(
          "%nOf the rows since the change, %.0f %% are of the new concept:%n%n", 100 * share);
      StringBuilder header = new StringBuilder("| Detector | false alarms |");
      StringBuilder rates = new StringBuilder("| *error rate* | |");
      streams.forEach(
          (concepts, bits) -> {
            header.append(' ').append(concepts).append(" |");
            rates.append(
                " *%.3f to %.3f* |".formatted(meanRate(bits, true), meanRate(bits, false)));
          });
      System.out.println(header);
      System.out.println("|---|---|" + "---|".repeat(streams.size()));
      System.out.println(rates);
      detectors().forEach((name, detector) -> print(name, detector, streams));
    }
  }

  private static Map<String, Detector> detectors() {
    Map<String, Detector> detectors = new LinkedHashMap<>();
    for (int budget : new int[] {100_000, 1_000_000}) {
      String name = "Millrace, 1 per %,d, ".formatted(budget);
      detectors.put(name + "reference", new Detector.OfMillrace(budget, true));
      detectors.put(name + "no reference", new Detector.OfMillrace(budget, false));
    }
    detectors.put("Millrace `Adwin`", new Detector.OfMillraceAdwin());
    detectors.put("MOA ADWIN", new Detector.OfMoa(new ADWINChangeDetector()));
    detectors.put("MOA DDM", new Detector.OfMoa(new DDM()));
    detectors.put("MOA HDDM_A", new Detector.OfMoa(new HDDM_A_Test()));
    detectors.put("MOA HDDM_W", new Detector.OfMoa(new HDDM_W_Test()));
    detectors.put("MOA PageHinkley", new Detector.OfMoa(new PageHinkleyDM()));
    detectors.put("MOA STEPD", new Detector.OfMoa(new STEPD()));
    detectors.put("MOA SEED", new Detector.OfMoa(new SEEDChangeDetector()));
    return detectors;
  }

  private static Map<Concepts, List<ErrorBits>> streams(double share, int seeds) {
    Map<Concepts, List<ErrorBits>> streams = new LinkedHashMap<>();
    for (Concepts concepts : Concepts.values()) {
      List<ErrorBits> bits = new ArrayList<>();
      for (int seed = 1; seed <= seeds; seed++) {
        // Different random numbers for the two concepts.
        bits.add(
            ErrorBits.of(
                concepts.stream(false, seed), concepts.stream(true, seeds + seed), share, seed));
      }
      streams.put(concepts, bits);
    }
    return streams;
  }

  private static double meanRate(List<ErrorBits> bits, boolean before) {
    return bits.stream()
        .mapToDouble(one -> ErrorBits.rate(before ? one.before() : one.after()))
        .average()
        .orElseThrow();
  }

  private static void print(
      String name, Detector detector, Map<Concepts, List<ErrorBits>> streams) {
    long observations = 0;
    long falseAlarms = 0;
    StringBuilder delays = new StringBuilder();
    for (List<ErrorBits> ofConcepts : streams.values()) {
      long sum = 0;
      int found = 0;
      for (ErrorBits bits : ofConcepts) {
        detector.start(bits.known());
        for (boolean error : bits.before()) {
          falseAlarms += detector.alarms(error) ? 1 : 0;
        }
        observations += bits.before().length;
        int delay = delay(detector, bits.after());
        found += delay > 0 ? 1 : 0;
        sum += delay;
      }
      int missed = ofConcepts.size() - found;
      delays.append(found == 0 ? " -" : " %.0f".formatted((double) sum / found));
      delays.append(missed == 0 ? " |" : ", %d missed |".formatted(missed));
    }
    System.out.printf("| %s | %.2f |%s%n", name, 1e5 * falseAlarms / observations, delays);
  }

  /** Observations until the first alarm; 0 without one. */
  private static int delay(Detector detector, boolean... errors) {
    for (int i = 0; i < errors.length; i++) {
      if (detector.alarms(errors[i])) {
        return i + 1;
      }
    }
    return 0;
  }
}
