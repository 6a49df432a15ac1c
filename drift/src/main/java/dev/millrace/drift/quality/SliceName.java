package dev.millrace.drift.quality;

import org.jspecify.annotations.Nullable;

/**
 * Names of slices: {@code field=value}, {@code field} for all values that are not counted apart,
 * and {@link #ALL}. Names of fields contain no equals sign.
 */
final class SliceName {
  /** All rows. */
  static final String ALL = "";

  private SliceName() {}

  static String of(String field, String value) {
    return field + "=" + value;
  }

  /** Null for {@link #ALL}. */
  static @Nullable String field(String name) {
    int sign = name.indexOf('=');
    return name.isEmpty() ? null : sign < 0 ? name : name.substring(0, sign);
  }

  /** Null for {@link #ALL} and for all values that are not counted apart. */
  static @Nullable String value(String name) {
    int sign = name.indexOf('=');
    return sign < 0 ? null : name.substring(sign + 1);
  }
}
