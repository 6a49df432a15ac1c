package dev.millrace.ingest;

import java.util.Locale;

/** Where a record ended; each ends in exactly one. */
enum Outcome {
  /** In the clean topic. */
  ACCEPTED,
  /** In the late topic. */
  LATE,
  /** Nowhere: its id had been seen. */
  DUPLICATE,
  /** In the dead-letter topic. */
  DEAD_LETTER;

  /** The value of the metric's label. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
