package dev.millrace.ingest.topology;

import dev.millrace.schemas.codec.SchemaLookups;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import java.time.InstantSource;

/**
 * What the processors of one source have in common.
 *
 * @param cleanId the id of the schema of the source's clean topic
 * @param lookups finds the schemas of the producers' records
 * @param wallClock bounds event times
 */
record SourceSettings(
    Pipeline pipeline,
    Source source,
    int cleanId,
    SchemaLookups lookups,
    ArrivalPartitions arrivals,
    InstantSource wallClock,
    IngestMetrics metrics) {

  /** The name of the source. */
  String name() {
    return source.name();
  }
}
