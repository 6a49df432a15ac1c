package dev.millrace.drift.benchmark;

import com.yahoo.labs.samoa.instances.Instance;
import java.util.SplittableRandom;
import moa.classifiers.bayes.NaiveBayes;
import moa.streams.InstanceStream;

/**
 * The errors of a model that was trained once, as a served model is, on a stream whose concept
 * changes.
 */
final class ErrorBits {
  private static final int TRAINED = 5_000;
  private static final int KNOWN = 5_000;
  private static final int BEFORE = 20_000;
  private static final int AFTER = 10_000;

  private final boolean[] known;
  private final boolean[] before;
  private final boolean[] after;

  private ErrorBits(boolean[] known, boolean[] before, boolean[] after) {
    this.known = known;
    this.before = before;
    this.after = after;
  }

  /**
   * @param first stream of the first concept
   * @param second stream of the second concept
   * @param share of the rows since the change that are of the second concept
   * @param seed decides which
   */
  static ErrorBits of(InstanceStream first, InstanceStream second, double share, long seed) {
    NaiveBayes model = new NaiveBayes();
    model.setModelContext(first.getHeader());
    model.prepareForUse();
    for (int i = 0; i < TRAINED; i++) {
      model.trainOnInstance(next(first));
    }
    SplittableRandom random = new SplittableRandom(seed);
    boolean[] known = new boolean[KNOWN];
    for (int i = 0; i < KNOWN; i++) {
      known[i] = !model.correctlyClassifies(next(first));
    }
    boolean[] before = new boolean[BEFORE];
    for (int i = 0; i < BEFORE; i++) {
      before[i] = !model.correctlyClassifies(next(first));
    }
    boolean[] after = new boolean[AFTER];
    for (int i = 0; i < AFTER; i++) {
      after[i] = !model.correctlyClassifies(next(random.nextDouble() < share ? second : first));
    }
    return new ErrorBits(known, before, after);
  }

  /** Errors on rows of the first concept, which stand for the labels of the reference. */
  boolean[] known() {
    return known;
  }

  /** Errors on the following rows of the first concept. */
  boolean[] before() {
    return before;
  }

  /** Errors since the change. */
  boolean[] after() {
    return after;
  }

  static double rate(boolean... bits) {
    int errors = 0;
    for (boolean bit : bits) {
      errors += bit ? 1 : 0;
    }
    return (double) errors / bits.length;
  }

  private static Instance next(InstanceStream stream) {
    return stream.nextInstance().getData();
  }
}
