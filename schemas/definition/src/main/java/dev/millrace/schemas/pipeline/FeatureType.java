package dev.millrace.schemas.pipeline;

/** Avro type of a feature in its row; all but a count may be null. */
public enum FeatureType {
  LONG,
  DOUBLE,
  STRING,
  BOOLEAN
}
