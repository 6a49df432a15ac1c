package dev.millrace.ingest.producer.files;

/** A row that is not a valid event. The message names file, line and, if there is one, column. */
public final class RejectedRow extends Exception {
  private static final long serialVersionUID = 1;

  RejectedRow(InputFile file, long line, String problem) {
    super("%s:%d: %s".formatted(file.path(), line, problem));
  }
}
