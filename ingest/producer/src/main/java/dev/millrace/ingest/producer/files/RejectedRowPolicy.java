package dev.millrace.ingest.producer.files;

import java.io.PrintStream;

/** Decides about rejected rows: the first one ends the replay, or all are skipped and counted. */
public final class RejectedRowPolicy {
  /** Rows that are printed one by one; in a file of another format every row is rejected. */
  private static final long PRINTED = 10;

  private final boolean skip;
  private final PrintStream err;
  private long skipped;

  /**
   * @param skip whether rejected rows are skipped
   */
  public RejectedRowPolicy(boolean skip, PrintStream err) {
    this.skip = skip;
    this.err = err;
  }

  /** Counts a rejected row, or throws it if rows are not to be skipped. */
  void handle(RejectedRow row) throws RejectedRow {
    if (!skip) {
      throw row;
    }
    skipped++;
    if (skipped <= PRINTED) {
      err.println("skipped " + row.getMessage());
      if (skipped == PRINTED) {
        err.println("further rejected rows are counted but not printed");
      }
    }
  }

  /** The number of rows skipped. */
  public long skipped() {
    return skipped;
  }
}
