package dev.millrace.ingest.topology;

import java.util.Locale;

/** The result of ingest for one record; each record has exactly one. */
enum IngestResult {
  /** Written to the clean topic. */
  ACCEPTED,
  /** Written to the late topic. */
  LATE,
  /** Not written: its id was published before. */
  DUPLICATE,
  /** Written to the dead-letter topic. */
  DEAD_LETTER;

  /** The value of the metric's label. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
