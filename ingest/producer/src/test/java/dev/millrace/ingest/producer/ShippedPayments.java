package dev.millrace.ingest.producer;

import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import java.nio.file.Path;

/** The example pipeline for payments of the distribution. */
public final class ShippedPayments {
  /** The pipeline file. */
  public static final Path FILE = Path.of("../../deploy/examples/payments/pipeline.yaml");

  private ShippedPayments() {}

  /** The pipeline. */
  public static Pipeline pipeline() {
    return PipelineFile.load(FILE);
  }
}
