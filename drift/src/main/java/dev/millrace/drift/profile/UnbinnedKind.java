package dev.millrace.drift.profile;

/** Kinds of value for which a feature has no bin. */
public enum UnbinnedKind {
  /** No value. */
  NULL,
  /** Not a number. */
  NAN,
  /** Positive or negative infinity. */
  INFINITE,
  /** Text where a number belongs, or the reverse. */
  WRONG_TYPE
}
