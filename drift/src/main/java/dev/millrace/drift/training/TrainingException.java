package dev.millrace.drift.training;

import org.jspecify.annotations.Nullable;

/** Training rows that cannot be profiled; the message names the place and the correction. */
final class TrainingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TrainingException(String message) {
    this(message, null);
  }

  TrainingException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
