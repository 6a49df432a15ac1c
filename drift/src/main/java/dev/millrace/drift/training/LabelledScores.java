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
  private final boolean isBinary;
  private final TrainingQuality.Counter counter;

  private LabelledScores(
      boolean isBinary, @Nullable Expression decision, TrainingQuality.Counter counter) {
    this.isBinary = isBinary;
    this.decision = decision;
    this.counter = counter;
  }

  /** Null if there are no drift windows. */
  static @Nullable LabelledScores of(Pipeline pipeline, @Nullable Drift drift) {
    Model model = pipeline.model();
    Labels labels = pipeline.labels();
    if (model == null || drift == null) {
      return null;
    }
    Expression decision = model.positive();
    boolean isCondition = labels == null || labels.value().resultType() == Type.BOOLEAN;
    return new LabelledScores(
        isCondition || decision != null,
        decision,
        new TrainingQuality.Counter(decision == null ? null : decision.source(), drift.window()));
  }

  /**
   * Rows whose score or label is missing or no number do not count, and where labels are of two
   * classes, rows whose label is neither.
   */
  void add(@Nullable Instant time, @Nullable Object score, @Nullable Object label) {
    double number = number(score);
    double answer = number(label);
    Long timeMillis = time == null ? null : (Long) time.toEpochMilli();
    if (!isBinary) {
      if (Double.isFinite(number) && Double.isFinite(answer)) {
        counter.add(timeMillis, number, answer);
      }
    } else if (Double.isFinite(number) && (answer == 0 || answer == 1)) {
      Boolean decided =
          decision == null
              ? null
              : (Boolean) Boolean.TRUE.equals(decision.evaluate(Map.of("score", number)));
      counter.add(timeMillis, number, decided, answer == 1);
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
