package dev.millrace.deploy.drift;

import dev.millrace.deploy.process.PlatformException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The processes of a backtest: the drift job over ranges of topics, and the profile of rows. */
public interface BacktestJob {
  /**
   * What the job reads.
   *
   * @param ranges a line for each partition: topic, partition, first offset, offset after the last
   *     record, and for each arrival partition of its events {@code ARRIVAL:OFFSET} of the last one
   * @param from first event time of the predictions
   * @param to exclusive
   * @param history event time before {@code from} for which the pipeline has run
   * @param reference null: that of the pipeline's model
   */
  record Input(
      Path ranges,
      Instant from,
      Instant to,
      Duration history,
      @Nullable GivenReference reference) {}

  /** A profile, and the model version whose predictions are compared with it. */
  record GivenReference(Path profile, String modelVersion) {}

  /**
   * Runs the drift job.
   *
   * @param out an empty directory for what it publishes, Avro files
   * @param temporary an empty directory for its state
   * @throws PlatformException if the job fails
   */
  void run(Input input, Path out, Path temporary) throws IOException, InterruptedException;

  /**
   * Profiles rows.
   *
   * @param rows a CSV file
   * @param profile the file to write
   * @throws PlatformException if the rows cannot be profiled
   */
  void profile(Path rows, Path profile) throws IOException, InterruptedException;
}
