package dev.millrace.schemas.service;

import dev.millrace.schemas.pipeline.Durations;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the durations of options, which are written as in the pipeline file. */
public final class DurationConverter implements ITypeConverter<Duration> {
  @Override
  public Duration convert(String value) {
    Duration duration = Durations.parse(value);
    if (duration == null) {
      throw new TypeConversionException(
          "'%s' is not a duration; write e.g. 500ms, 5m, 7d".formatted(value));
    }
    return duration;
  }
}
