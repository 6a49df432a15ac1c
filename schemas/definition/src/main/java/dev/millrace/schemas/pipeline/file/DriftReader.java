package dev.millrace.schemas.pipeline.file;

import dev.millrace.schemas.pipeline.Budget;
import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.Durations;
import dev.millrace.schemas.pipeline.InputType;
import dev.millrace.schemas.pipeline.ModelInput;
import dev.millrace.schemas.pipeline.Reference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
              new ValueSpec.Constant<>(Reference.class, '-'), ValueSpec.Block.of(FIRST)),
          "training",
          "what a window is compared with: training, the profile beside the model; hour-of-week, its windows of the same hour of the week in UTC; or first: a duration, the first predictions of the model version");
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

  private static final ValueSpec.Text INPUT = ValueSpec.Text.of("an input of text or booleans");
  private static final KeySpec<ValueSpec.ListOf> SLICES =
      KeySpec.optional(
          "slices",
          new ValueSpec.ListOf(INPUT, true, "a list of inputs of text or booleans"),
          "inputs of text or booleans: the predictions of each of their most frequent values are compared apart, too, with the training rows of that value");

  private static final KeySpec<ValueSpec.Whole> RECOVERY_WINDOWS =
      KeySpec.optional(
          "recovery_windows",
          new ValueSpec.Whole(1),
          "3",
          "number of windows in a row without a change after which an alert is resolved");

  private static final KeySpec<ValueSpec.Time> SEASON =
      KeySpec.optional(
          "season",
          ValueSpec.Time.ANY,
          "7d",
          "how long calm windows must span before what calibrates with live windows may alarm; 0s: the data have no season");

  /** Calm windows of more days are not kept. */
  private static final Duration LONGEST_SEASON = Duration.ofDays(14);

  static final ValueSpec.Block FORM =
      ValueSpec.Block.of(
          WINDOW,
          REFERENCE,
          FALSE_ALARMS,
          MIN_EFFECT,
          MIN_SAMPLES,
          MIN_RATIO,
          RECOVERY_WINDOWS,
          SEASON,
          SLICES);

  private static final Budget DEFAULT_BUDGET =
      Objects.requireNonNull(Budget.parse(Objects.requireNonNull(FALSE_ALARMS.defaultValue())));

  private DriftReader() {}

  /**
   * Reads the section.
   *
   * @param inputs of the pipeline; empty if they are not known because of another mistake
   */
  static Drift read(YamlValue value, List<ModelInput> inputs) {
    YamlMapping mapping = value.mapping(FORM);
    Duration window = mapping.duration(WINDOW);
    YamlValue reference = mapping.value(REFERENCE);
    YamlValue falseAlarms = mapping.value(FALSE_ALARMS);
    double minEffect = mapping.decimal(MIN_EFFECT);
    int minSamples = mapping.whole(MIN_SAMPLES);
    double minRatio = mapping.decimal(MIN_RATIO);
    int recoveryWindows = mapping.whole(RECOVERY_WINDOWS);
    YamlValue season = mapping.value(SEASON);
    YamlValue slices = mapping.value(SLICES);
    mapping.close();
    Duration first = reference == null || !reference.isMapping() ? null : first(reference, window);
    if (slices != null && reference != null && reference.isMapping()) {
      slices.wrong(
          "slices are compared with the training rows of the same value, and 'reference: first' has none",
          "'reference: training', or no slices");
    }
    return new Drift(
        window,
        profile(reference),
        falseAlarms == null ? DEFAULT_BUDGET : budget(falseAlarms),
        minEffect,
        minSamples,
        minRatio,
        recoveryWindows,
        season(season),
        first,
        slices == null ? List.of() : slices(slices, inputs));
  }

  private static List<String> slices(YamlValue value, List<ModelInput> inputs) {
    List<String> slices = new ArrayList<>();
    for (YamlValue item : value.list(SLICES.form())) {
      String name = item.text(INPUT);
      if (name == null || inputs.isEmpty()) {
        continue;
      }
      ModelInput input =
          inputs.stream().filter(each -> each.name().equals(name)).findFirst().orElse(null);
      if (input == null) {
        item.unknown("input", name, inputs.stream().map(ModelInput::name).toList());
      } else if (input.type() != InputType.TEXT && input.type() != InputType.BOOLEAN) {
        item.wrong(
            "the values of '%s' are numbers, and a slice is the predictions of one value"
                .formatted(name),
            INPUT.expected());
      } else if (slices.contains(name)) {
        item.wrong("duplicate slice '" + name + "'", null);
      } else {
        slices.add(name);
      }
    }
    return slices;
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

  private static Duration season(@Nullable YamlValue value) {
    Duration season = value == null ? null : value.duration(SEASON.form());
    if (value != null && season != null && season.compareTo(LONGEST_SEASON) > 0) {
      value.wrong(
          "is longer than %s, and windows of more days are not kept"
              .formatted(Durations.format(LONGEST_SEASON)),
          "a duration from 0s to " + Durations.format(LONGEST_SEASON));
    }
    return season == null ? Drift.SEASON : season;
  }

  private static Reference profile(@Nullable YamlValue value) {
    Reference reference =
        value == null || value.isMapping()
            ? null
            : value.constant(REFERENCE.name(), REFERENCE.form().constant());
    return reference == null ? Reference.TRAINING : reference;
  }

  private static Budget budget(YamlValue value) {
    String text = value.text(FALSE_ALARMS.form());
    return text == null ? DEFAULT_BUDGET : Objects.requireNonNull(Budget.parse(text));
  }
}
