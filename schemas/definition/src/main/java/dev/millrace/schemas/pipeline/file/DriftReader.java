package dev.millrace.schemas.pipeline.file;

import dev.millrace.schemas.pipeline.Budget;
import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.Durations;
import dev.millrace.schemas.pipeline.Reference;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads {@code drift}. */
final class DriftReader {
  private static final KeySpec<ValueSpec.Time> WINDOW =
      KeySpec.optional(
          "window",
          ValueSpec.Time.POSITIVE,
          "1h",
          "length of the tumbling window over predictions, in event time");
  private static final KeySpec<ValueSpec.Time> FIRST =
      KeySpec.required(
          "first",
          ValueSpec.Time.POSITIVE,
          "the period of predictions of each model version, from when the feature windows have filled, that is its reference; ten windows or more");
  private static final KeySpec<ValueSpec.ConstantOrBlock<Reference>> REFERENCE =
      KeySpec.optional(
          "reference",
          new ValueSpec.ConstantOrBlock<>(
              new ValueSpec.Constant<>(Reference.class), ValueSpec.Block.of(FIRST)),
          "training",
          "what a window is compared with: training, the profile beside the model; or first: a duration, the first predictions of the model version");
  private static final KeySpec<ValueSpec.Text> FALSE_ALARMS =
      KeySpec.optional(
          "false_alarms",
          new ValueSpec.Text(Budget.FORM, "a budget such as 1 per 30d"),
          "1 per 30d",
          "how many false alarms are accepted in which time, over all features together");
  private static final KeySpec<ValueSpec.Decimal> MIN_EFFECT =
      KeySpec.optional(
          "min_effect",
          new ValueSpec.Decimal(0, 1),
          "0.02",
          "effect size, a Jensen-Shannon distance, below which a difference is not an alarm");

  /**
   * From this number of values on, Kolmogorov-Smirnov's approximation stays within its level,
   * compared with the exact distribution down to 1e-6. Fisher's test of shares is exact at any
   * number; chi-square and the test of new categories are approximations that keep their level in
   * simulations.
   */
  private static final KeySpec<ValueSpec.Whole> MIN_SAMPLES =
      KeySpec.optional(
          "min_samples",
          new ValueSpec.Whole(1),
          "30",
          "number of predictions below which a window is not judged");

  /** Windows that the first period has at least: with fewer their variance is not known. */
  private static final int LEAST_FIRST = 10;

  private static final KeySpec<ValueSpec.Decimal> MIN_RATIO =
      KeySpec.optional(
          "min_ratio",
          new ValueSpec.Decimal(0, 1),
          "0.8",
          "ratio of a slice's rate of positive decisions to that of all other predictions below which it is unfair; 0: never");

  static final ValueSpec.Block FORM =
      ValueSpec.Block.of(WINDOW, REFERENCE, FALSE_ALARMS, MIN_EFFECT, MIN_SAMPLES, MIN_RATIO);

  private static final Budget DEFAULT_BUDGET =
      Objects.requireNonNull(Budget.parse(Objects.requireNonNull(FALSE_ALARMS.defaultValue())));

  private DriftReader() {}

  static Drift read(YamlValue value) {
    YamlMapping mapping = value.mapping(FORM);
    Duration window = mapping.duration(WINDOW);
    YamlValue reference = mapping.value(REFERENCE);
    YamlValue falseAlarms = mapping.value(FALSE_ALARMS);
    double minEffect = mapping.decimal(MIN_EFFECT);
    int minSamples = mapping.whole(MIN_SAMPLES);
    double minRatio = mapping.decimal(MIN_RATIO);
    mapping.close();
    Duration first = null;
    if (reference != null && reference.isMapping()) {
      first = first(reference, window);
    } else if (reference != null) {
      checkReference(reference);
    }
    return new Drift(
        window,
        Reference.TRAINING,
        falseAlarms == null ? DEFAULT_BUDGET : budget(falseAlarms),
        minEffect,
        minSamples,
        minRatio,
        first);
  }

  private static @Nullable Duration first(YamlValue value, Duration window) {
    YamlMapping mapping = value.mapping(REFERENCE.form().block());
    YamlValue period = mapping.value(FIRST);
    mapping.close();
    Duration first = period == null ? null : period.duration(FIRST.form());
    if (period != null && first != null && first.compareTo(window.multipliedBy(LEAST_FIRST)) < 0) {
      period.wrong(
          "the reference would have fewer than %d windows of %s, too few to tell how much windows differ that have not drifted"
              .formatted(LEAST_FIRST, Durations.format(window)),
          Durations.format(window.multipliedBy(LEAST_FIRST)) + " or longer, or a shorter window");
    }
    return first;
  }

  private static void checkReference(YamlValue value) {
    if (value.isText("hour-of-week")) {
      value.wrong("'hour-of-week' is not supported yet", "training");
    } else {
      value.constant(REFERENCE.name(), REFERENCE.form().constant());
    }
  }

  private static Budget budget(YamlValue value) {
    String text = value.text(FALSE_ALARMS.form());
    return text == null ? DEFAULT_BUDGET : Objects.requireNonNull(Budget.parse(text));
  }
}
