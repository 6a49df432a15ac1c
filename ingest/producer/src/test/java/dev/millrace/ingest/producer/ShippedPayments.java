package dev.millrace.ingest.producer;

import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.avro.Schema;

/** The example pipeline for payments, as it is shipped. */
public final class ShippedPayments {
  /** The pipeline file. */
  public static final Path FILE = Path.of("../../deploy/examples/payments/pipeline.yaml");

  private ShippedPayments() {}

  /** The pipeline. */
  public static Pipeline pipeline() {
    return PipelineFile.load(FILE);
  }

  /** The same with another schema of payments. */
  public static Pipeline with(Schema payments, Pipeline pipeline) {
    Source old = pipeline.source("payments");
    Map<String, Source> sources = new LinkedHashMap<>(pipeline.sources());
    sources.put(
        "payments",
        new Source(
            old.name(),
            old.topic(),
            payments,
            old.id(),
            old.key(),
            old.time(),
            old.lateness(),
            old.late(),
            old.deduplicate(),
            old.maxAhead(),
            old.contract()));
    return new Pipeline(
        pipeline.name(),
        pipeline.guarantee(),
        pipeline.partitions(),
        sources,
        pipeline.score(),
        Map.of(),
        null,
        null,
        null,
        null);
  }
}
