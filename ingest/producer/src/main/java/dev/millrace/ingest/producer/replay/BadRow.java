package dev.millrace.ingest.producer.replay;

/** A row that is no event. The message tells file, line and, where there is one, column. */
final class BadRow extends Exception {
  private static final long serialVersionUID = 1;

  BadRow(InputFile file, long line, String problem) {
    super("%s:%d: %s".formatted(file.path(), line, problem));
  }
}
