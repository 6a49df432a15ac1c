package dev.millrace.drift.sequence;

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

  /** What is known when a stream begins, from labels of the same process. */
  interface Known {
    ErrorReference of(ErrorStream stream);
  }

  static ConceptRuns of(
      double before, double after, Known known, double repeat, double dispersion, int repetitions) {
    int falseAlarms = 0;
    int missed = 0;
    double sum = 0;
    double squares = 0;
    for (int seed = 0; seed < repetitions; seed++) {
      ErrorStream stream = new ErrorStream(seed, repeat, before);
      ErrorReference reference = known.of(stream);
      ConceptDetector detector = new ConceptDetector(reference, BUDGET, dispersion);
      for (int i = 0; i < BEFORE; i++) {
        detector.add(stream.next(before));
        if (detector.evidence().drift()) {
          falseAlarms++;
          detector = new ConceptDetector(reference, BUDGET, dispersion);
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

  private static int delay(ConceptDetector detector, ErrorStream stream, double rate) {
    int delay = 0;
    while (!detector.evidence().drift() && delay <= LONGEST) {
      detector.add(stream.next(rate));
      delay++;
    }
    return delay;
  }
}
