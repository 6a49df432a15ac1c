package dev.millrace.schemas.pipeline;

/** Avro type of a feature in its row. */
public enum FeatureType {
  LONG,
  DOUBLE,
  STRING,
  BOOLEAN
}
