package dev.millrace.features.operator;

import dev.millrace.features.skew.SkewSample;
import dev.millrace.features.source.Question;
import dev.millrace.features.source.Question.Part;
import dev.millrace.features.view.LookupUse;
import dev.millrace.features.view.ViewPlan;
import java.io.IOException;
import java.util.function.Consumer;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.jspecify.annotations.Nullable;

/**
 * Compares answers that were not complete with the answers to the same questions when the source of
 * the view has passed their time, for a sample of the entities. While such a question is open, the
 * timelines of these entities keep what it needs.
 */
final class SkewCheck {
  private final LookupUse use;
  private final ViewPlan plan;
  private final LookupClocks clocks;
  private final EntityStates states;
  private final WaitingQuestions answered;
  private final Consumer<SkewSample> output;
  private final TaskInfo task;
  private final int oneOf;
  private final FeatureSkew[] features;
  private long passedMillis = Long.MIN_VALUE;

  /** The differences of one feature since the start of the task. */
  private static final class FeatureSkew {
    final Counter compared;
    final Counter differing;
    double sum;
    double largest;
    long numbers;

    FeatureSkew(MetricGroup metrics) {
      compared = metrics.counter("skew_compared_total");
      differing = metrics.counter("skew_differing_total");
      metrics.gauge(
          "skew_mean_difference", (Gauge<Double>) () -> numbers == 0 ? 0.0 : sum / numbers);
      metrics.gauge("skew_largest_difference", (Gauge<Double>) () -> largest);
    }

    void add(double difference) {
      compared.inc();
      if (difference == 0) {
        return;
      }
      differing.inc();
      if (difference != SkewSample.NO_NUMBER) {
        numbers++;
        sum += difference;
        largest = Math.max(largest, difference);
      }
    }
  }

  /**
   * @param oneOf how many entities there are for each that is compared
   */
  SkewCheck(
      LookupUse use,
      ViewPlan plan,
      LookupClocks clocks,
      EntityStates states,
      AbstractStreamOperator<Question> operator,
      RuntimeContext context,
      MetricGroup metrics,
      int oneOf,
      Consumer<SkewSample> output) {
    this.use = use;
    this.plan = plan;
    this.clocks = clocks;
    this.states = states;
    this.answered = new WaitingQuestions("skew", operator, this::compare);
    this.task = context.getTaskInfo();
    this.oneOf = oneOf;
    this.output = output;
    this.features =
        use.view().features().stream()
            .map(feature -> new FeatureSkew(metrics.addGroup("feature", feature.name())))
            .toArray(FeatureSkew[]::new);
  }

  /** Whether an entity is in the sample: by its hash, so that it is the same at any time. */
  static boolean samples(String entity, int oneOf) {
    int hash = entity.hashCode() * 0x9E3779B9; // Fibonacci hashing: similar keys are spread
    return Math.floorMod(hash >>> 16, oneOf) == 0;
  }

  boolean samples(String entity) {
    return samples(entity, oneOf);
  }

  /** Remembers an answer of the current key that was not complete. */
  void remember(Question question) throws Exception {
    answered.add(question.only(use.index()));
  }

  /** Answers the questions again whose time the source has passed. */
  void advance() throws Exception {
    answered.release(clocks.isStopped() ? Long.MAX_VALUE : clocks.passedMillis());
    if (clocks.passedMillis() > passedMillis) {
      passedMillis = clocks.passedMillis();
      output.accept(sample(passedMillis + 1, null));
    }
  }

  private SkewSample sample(long millis, double @Nullable [] differences) {
    return new SkewSample(
        use.index(),
        task.getIndexOfThisSubtask(),
        task.getNumberOfParallelSubtasks(),
        millis,
        differences);
  }

  /** A question whose source stops before its time is dropped: nothing is known about it. */
  private int compare(String entity, Iterable<Question> questions) throws IOException {
    EntityState state = states.find(entity);
    int compared = 0;
    for (Question question : questions) {
      compared++;
      long timeMillis = question.timeMillis();
      if (clocks.hasPassed(timeMillis)) {
        Part later = state == null ? null : state.answer(timeMillis, plan.keepMillis());
        double[] differences = SkewSample.differences(values(question.parts()[0]), values(later));
        for (int i = 0; i < differences.length; i++) {
          features[i].add(differences[i]);
        }
        output.accept(sample(timeMillis, differences));
      }
    }
    if (state != null) {
      states.keep(entity, state, false);
    }
    return compared;
  }

  private @Nullable Object[] values(@Nullable Part part) {
    return part == null ? new @Nullable Object[features.length] : part.features();
  }
}
