package dev.millrace.deploy.dataset;

import dev.millrace.deploy.dataset.rows.RowJoin;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.apache.avro.Schema;

/** Reads the rows of a data set without their labels, in one of the ways to obtain them. */
interface RowReader {
  /** The schema of the rows. */
  Schema schema();

  /** The number of offsets that are read, which is at least the number of rows. */
  long offsets();

  /**
   * Adds all rows to the join.
   *
   * @param temporary a directory for temporary files
   */
  void read(RowJoin join, Path temporary) throws IOException, InterruptedException;

  /** The newest event time that was read, also after the period. */
  Instant newestEvent();

  /** What was read, for the manifest. */
  List<Manifest.Topic> topics();

  /** The number of records that could not be decoded. */
  long undecodable();
}
