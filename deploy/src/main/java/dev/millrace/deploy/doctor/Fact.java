package dev.millrace.deploy.doctor;

import java.util.List;
import java.util.function.Function;

/**
 * Something that checks need to know, or the reason why it is not known.
 *
 * @param <T> what is known
 */
public sealed interface Fact<T> {
  /** A fact. */
  record Known<T>(T value) implements Fact<T> {}

  /** The reason, as the end of a line of the report. */
  record Unknown<T>(String reason) implements Fact<T> {}

  static <T> Fact<T> known(T value) {
    return new Known<>(value);
  }

  static <T> Fact<T> unknown(String reason) {
    return new Unknown<>(reason);
  }

  /** The findings of a rule; a check that needs an unknown fact is skipped. */
  default List<Finding> check(String name, Function<T, List<Finding>> rule) {
    if (this instanceof Known<T> known) {
      return rule.apply(known.value());
    }
    String reason = ((Unknown<T>) this).reason();
    return List.of(new Finding(name, Status.SKIP, reason, "", "", List.of()));
  }
}
