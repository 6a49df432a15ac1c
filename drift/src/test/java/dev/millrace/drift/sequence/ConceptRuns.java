package dev.millrace.drift.sequence;

import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Repeated streams of errors whose rate changes once: false alarms before the change, after each of
 * which the detector starts again, and the delay after it.
 *
 * @param falseAlarms before the change
 * @param observations before the change
 * @param meanDelay of those found, in observations
 * @param delayError standard error of the mean delay
 * @param missed changes not found in 10,000 observations
 */
record ConceptRuns(
    int falseAlarms, long observations, double meanDelay, double delayError, int missed) {
  private static final double BUDGET = 100_000;
  private static final int BEFORE = 5_000;
  private static final int LONGEST = 10_000;

  /** Makes detectors for one stream; a detector says whether it alarms at a batch. */
  interface Start extends Function<ErrorStream, Supplier<Predicate<ErrorBatch>>> {}

  /** Concept detectors with what is known when the stream begins, from labels of the same kind. */
  static Start concept(Function<ErrorStream, ErrorReference> known, double dispersion) {
    return stream -> {
      ErrorReference reference = known.apply(stream);
      return () -> {
        ConceptDetector detector = new ConceptDetector(reference, BUDGET, dispersion);
        return batch -> {
          detector.add(batch);
          return detector.evidence().drift();
        };
      };
    };
  }

  /** ADWIN, which keeps the newer part of its window after a change. */
  static Start adwin(double delta) {
    return stream -> {
      Adwin detector = new Adwin(1, delta, 1, List.of());
      return () -> batch -> detector.add(batch).isPresent();
    };
  }

  /**
   * @param before error rate at first
   * @param after error rate then
   * @param repeat of {@link ErrorStream}
   * @param repetitions number of streams; their seeds are 0, 1, ...
   * @param start makes the detectors
   */
  static ConceptRuns of(double before, double after, double repeat, int repetitions, Start start) {
    int falseAlarms = 0;
    int missed = 0;
    double sum = 0;
    double squares = 0;
    for (int seed = 0; seed < repetitions; seed++) {
      ErrorStream stream = new ErrorStream(seed, repeat, before);
      Supplier<Predicate<ErrorBatch>> detectors = start.apply(stream);
      Predicate<ErrorBatch> detector = detectors.get();
      for (int i = 0; i < BEFORE; i++) {
        if (detector.test(stream.next(before))) {
          falseAlarms++;
          detector = detectors.get();
        }
      }
      int delay = delay(detector, stream, after);
      missed += delay > LONGEST ? 1 : 0;
      sum += delay > LONGEST ? 0 : delay;
      squares += delay > LONGEST ? 0 : (double) delay * delay;
    }
    int found = repetitions - missed;
    double mean = sum / found;
    double error = Math.sqrt((squares / found - mean * mean) / found);
    return new ConceptRuns(falseAlarms, (long) BEFORE * repetitions, mean, error, missed);
  }

  private static int delay(Predicate<ErrorBatch> detector, ErrorStream stream, double rate) {
    for (int delay = 1; delay <= LONGEST; delay++) {
      if (detector.test(stream.next(rate))) {
        return delay;
      }
    }
    return LONGEST + 1;
  }
}
