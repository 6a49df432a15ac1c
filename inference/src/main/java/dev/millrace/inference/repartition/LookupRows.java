package dev.millrace.inference.repartition;

import dev.millrace.inference.rows.NewestRows;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.pipeline.Lookup;
import org.jspecify.annotations.Nullable;

/**
 * Where the rows of a lookup are.
 *
 * @param topic the feature topic of its view
 * @param newest the rows; null: other partitions keep them
 */
public record LookupRows(
    Lookup lookup, String topic, @Nullable NewestRows newest, AvroDecoder decoder) {}
