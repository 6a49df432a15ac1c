package dev.millrace.schemas.service;

import dev.millrace.schemas.pipeline.Budget;
import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.Durations;
import dev.millrace.schemas.pipeline.Pipeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Options that replace values of the pipeline's {@code drift}. */
public final class DriftOverrides {
  @Option(
      names = "--window",
      paramLabel = "DURATION",
      converter = Positive.class,
      description = "Length of a window, in place of drift.window.")
  private @Nullable Duration window;

  @Option(
      names = "--budget",
      paramLabel = "BUDGET",
      converter = BudgetConverter.class,
      description = "Budget of false alarms, such as '1 per 30d', in place of drift.false_alarms.")
  private @Nullable Budget budget;

  @Option(
      names = "--min-effect",
      paramLabel = "DISTANCE",
      converter = Share.class,
      description = "Smallest effect of an alarm, from 0 to 1, in place of drift.min_effect.")
  private @Nullable Double minEffect;

  static final class Positive implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String value) {
      Duration duration = new DurationConverter().convert(value);
      if (duration.isZero() || duration.isNegative()) {
        throw new TypeConversionException("'%s' is not longer than nothing".formatted(value));
      }
      return duration;
    }
  }

  static final class Share implements ITypeConverter<Double> {
    @Override
    public Double convert(String value) {
      try {
        double share = Double.parseDouble(value);
        if (share >= 0 && share <= 1) {
          return share;
        }
      } catch (NumberFormatException e) {
        // The message below names the value.
      }
      throw new TypeConversionException("'%s' is not a number from 0 to 1".formatted(value));
    }
  }

  /**
   * The pipeline with the values of these options.
   *
   * @throws IllegalArgumentException if it has no {@code drift}
   */
  public Pipeline applyTo(Pipeline pipeline) {
    Drift drift = pipeline.drift();
    if (drift == null) {
      throw new IllegalArgumentException(
          "pipeline %s has no 'drift' section; add one to its file, with 'window: 1h' for example"
              .formatted(pipeline.name()));
    }
    return pipeline.withDrift(drift.with(window, budget, minEffect));
  }

  /** These options as arguments of another command. */
  public List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    if (window != null) {
      arguments.add("--window=" + Durations.format(window));
    }
    if (budget != null) {
      arguments.add("--budget=" + budget);
    }
    if (minEffect != null) {
      arguments.add("--min-effect=" + minEffect);
    }
    return arguments;
  }
}
