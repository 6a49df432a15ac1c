package dev.millrace.drift.benchmark;

import dev.millrace.drift.sequence.Adwin;
import dev.millrace.drift.sequence.ConceptDetector;
import dev.millrace.drift.sequence.ErrorBatch;
import dev.millrace.drift.sequence.ErrorRate;
import java.util.List;
import moa.classifiers.core.driftdetection.AbstractChangeDetector;

/** A detector of a change of the error rate. */
interface Detector {
  /** Begins with the errors of the reference. */
  void start(boolean... known);

  /** Adds one error; returns whether the detector alarms, after which it begins again. */
  boolean alarms(boolean error);

  /**
   * One of MOA, with its default options. It sees the errors of the reference first, and starts
   * again by itself after an alarm.
   */
  record OfMoa(AbstractChangeDetector detector) implements Detector {
    public OfMoa {
      detector.prepareForUse();
    }

    @Override
    public void start(boolean... known) {
      detector.resetLearning();
      for (boolean error : known) {
        alarms(error);
      }
    }

    @Override
    public boolean alarms(boolean error) {
      detector.input(error ? 1 : 0);
      return detector.getChange();
    }
  }

  /** Millrace's, with a reference or with the same errors as the first ones of the stream. */
  final class OfMillrace implements Detector {
    private final double budget;
    private final boolean withReference;
    private ErrorRate reference = ErrorRate.UNKNOWN;
    private ConceptDetector detector;

    /**
     * @param budget least mean number of observations between false alarms
     * @param withReference whether the known errors are a reference
     */
    OfMillrace(double budget, boolean withReference) {
      this.budget = budget;
      this.withReference = withReference;
      detector = fresh();
    }

    @Override
    public void start(boolean... known) {
      reference = ErrorRate.UNKNOWN;
      if (withReference) {
        reference = new ErrorRate(known.length, Math.round(known.length * ErrorBits.rate(known)));
      }
      detector = fresh();
      if (!withReference) {
        for (boolean error : known) {
          alarms(error);
        }
      }
    }

    @Override
    public boolean alarms(boolean error) {
      detector.add(new ErrorBatch(0, 1, 1, error ? 1 : 0));
      boolean alarm = detector.evidence().drift();
      if (alarm) {
        detector = fresh();
      }
      return alarm;
    }

    private ConceptDetector fresh() {
      return new ConceptDetector(reference, budget, 1);
    }
  }

  /** Millrace's ADWIN with the default delta of MOA's. */
  final class OfMillraceAdwin implements Detector {
    private static final double DELTA = 0.002;
    private Adwin detector = new Adwin(1, DELTA, 1, List.of());

    @Override
    public void start(boolean... known) {
      detector = new Adwin(1, DELTA, 1, List.of());
      for (boolean error : known) {
        alarms(error);
      }
    }

    @Override
    public boolean alarms(boolean error) {
      return detector.add(new ErrorBatch(0, 1, 1, error ? 1 : 0)).isPresent();
    }
  }
}
