package dev.millrace.deploy.dataset;

import dev.millrace.deploy.process.PlatformException;
import java.io.IOException;
import java.nio.file.Path;

/** Computes the vectors of ranges of the clean topics. */
public interface VectorJob {
  /**
   * Computes the vectors.
   *
   * @param ranges a line for each partition: topic, partition, first offset, offset after the last
   *     record, and for each arrival partition of its events {@code ARRIVAL:OFFSET} of the last one
   * @param out an empty directory for the vectors, Avro files
   * @param temporary an empty directory for the state
   * @throws PlatformException if the job fails
   */
  void run(Path ranges, Path out, Path temporary) throws IOException, InterruptedException;
}
