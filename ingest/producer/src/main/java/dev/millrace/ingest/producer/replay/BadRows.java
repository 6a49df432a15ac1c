package dev.millrace.ingest.producer.replay;

import java.io.PrintStream;

/** What is done about bad rows: the first ends the replay, or all are passed over and counted. */
final class BadRows {
  /** Rows that are told one by one; a file of another form is bad in every row. */
  private static final long TOLD = 10;

  private final boolean skip;
  private final PrintStream err;
  private long skipped;

  BadRows(boolean skip, PrintStream err) {
    this.skip = skip;
    this.err = err;
  }

  /** Counts the row, or throws it back. */
  void meet(BadRow row) throws BadRow {
    if (!skip) {
      throw row;
    }
    skipped++;
    if (skipped <= TOLD) {
      err.println("skipped " + row.getMessage());
      if (skipped == TOLD) {
        err.println("further bad rows are skipped without a word");
      }
    }
  }

  long skipped() {
    return skipped;
  }
}
