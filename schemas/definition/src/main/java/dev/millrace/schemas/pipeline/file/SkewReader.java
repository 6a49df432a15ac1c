package dev.millrace.schemas.pipeline.file;

import dev.millrace.schemas.pipeline.Skew;

/** Reads {@code skew}. */
final class SkewReader {
  private static final KeySpec<ValueSpec.Decimal> ALARM_ABOVE =
      KeySpec.required(
          "alarm_above",
          new ValueSpec.Decimal(0, 1),
          "share of the served values of a feature in an hour that may differ from the true ones");

  static final ValueSpec.Block FORM = ValueSpec.Block.of(ALARM_ABOVE);

  private SkewReader() {}

  static Skew read(YamlValue value) {
    YamlMapping mapping = value.mapping(FORM);
    double alarmAbove = mapping.decimal(ALARM_ABOVE);
    mapping.close();
    return new Skew(alarmAbove);
  }
}
