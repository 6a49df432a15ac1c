package dev.millrace.ingest.topology;

import java.util.Locale;

/** The nodes of one source in the topology. */
enum NodeName {
  INPUT,
  CHECK,
  CLEAN,
  LATE,
  DEAD_LETTERS,
  REKEYED;

  private final String suffix = "-" + name().toLowerCase(Locale.ROOT).replace('_', '-');

  /** The name of this node of a source, such as {@code payments-dead-letters}. */
  String of(String source) {
    return source + suffix;
  }
}
