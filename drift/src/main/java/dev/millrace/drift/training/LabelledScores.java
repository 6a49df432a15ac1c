package dev.millrace.drift.training;

import dev.millrace.drift.quality.TrainingQuality;
import dev.millrace.schemas.expression.Expression;
import dev.millrace.schemas.expression.Type;
import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.Labels;
import dev.millrace.schemas.pipeline.Model;
import dev.millrace.schemas.pipeline.Pipeline;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts the labels of training rows by score, where both are known. */
final class LabelledScores {
  private final @Nullable Expression decision;
  private final TrainingQuality.Counter counter;

  private LabelledScores(@Nullable Expression decision, TrainingQuality.Counter counter) {
    this.decision = decision;
    this.counter = counter;
  }

  /** Null if labels are not of two classes, or there are no drift windows. */
  static @Nullable LabelledScores of(Pipeline pipeline, @Nullable Drift drift) {
    Model model = pipeline.model();
    Labels labels = pipeline.labels();
    boolean isCondition = labels == null || labels.value().resultType() == Type.BOOLEAN;
    if (model == null || drift == null || (!isCondition && model.positive() == null)) {
      return null;
    }
    Expression decision = model.positive();
    return new LabelledScores(
        decision,
        new TrainingQuality.Counter(decision == null ? null : decision.source(), drift.window()));
  }

  /** Rows whose score or label is missing or no number, or whose label is neither, do not count. */
  void add(@Nullable Instant time, @Nullable Object score, @Nullable Object label) {
    double number = number(score);
    double answer = number(label);
    if (Double.isFinite(number) && (answer == 0 || answer == 1)) {
      Boolean decided =
          decision == null
              ? null
              : (Boolean) Boolean.TRUE.equals(decision.evaluate(Map.of("score", number)));
      counter.add(time == null ? null : time.toEpochMilli(), number, decided, answer == 1);
    }
  }

  @Nullable TrainingQuality quality() {
    return counter.build();
  }

  private static double number(@Nullable Object value) {
    if (value instanceof Double number) {
      return number;
    }
    try {
      return value == null ? Double.NaN : Double.parseDouble(value.toString());
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }
}
