package dev.millrace.schemas.service;

import dev.millrace.schemas.pipeline.Budget;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the false-alarm budget of an option, which is written as in the pipeline file. */
final class BudgetConverter implements ITypeConverter<Budget> {
  @Override
  public Budget convert(String value) {
    Budget budget = Budget.parse(value);
    if (budget == null) {
      throw new TypeConversionException(
          "'%s' is not a budget of false alarms; write e.g. '1 per 30d'".formatted(value));
    }
    return budget;
  }
}
