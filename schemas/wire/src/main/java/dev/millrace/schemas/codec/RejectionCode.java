package dev.millrace.schemas.codec;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * The reason for the rejection of a record. The name is the value of the dead letter's header
 * {@code millrace.error.code}, so consumers may match on it.
 */
public enum RejectionCode {
  /** The record had no value. */
  NULL_VALUE,
  /** The event's key field was null. */
  KEY_MISSING,
  /** The event's id field was null. */
  ID_MISSING,
  /** The event's key field, or a field that names an entity, is longer than a key may be. */
  KEY_TOO_LONG,
  /** The event's id field is longer than an id may be. */
  ID_TOO_LONG,
  /** Fewer than the five bytes of the wire format's header. */
  TRUNCATED_HEADER,
  /** The first byte was not 0. */
  BAD_MAGIC,
  /** The schema id is not in the registry. */
  SCHEMA_UNKNOWN,
  /** The schema id is not registered under the topic's subject. */
  SUBJECT_MISMATCH,
  /** The schema id names a JSON or Protobuf schema, or the value is a structured CloudEvent. */
  WRONG_FORMAT,
  /** The body does not fit its writer schema, or cannot be read with the topic's. */
  DECODE,
  /** Bytes were left after the record. */
  TRAILING_BYTES,
  /** A rule of the source's contract was broken. */
  CONTRACT,
  /** The event time lies too far in the future. */
  TIMESTAMP_FUTURE,
  /** The event time is negative, or so far off that its unit must be wrong. */
  TIMESTAMP_INVALID,
  /** The event would not fit into a record of its clean topic, or its prediction into one. */
  TOO_LARGE,
  /** The model returned NaN, or a wrong shape or type. */
  MODEL_OUTPUT,
  /** The receiver of retraining triggers does not accept the trigger. */
  CALL_REFUSED;

  /** The codes of records that {@link AvroDecoder} cannot decode. */
  public static final Set<RejectionCode> DECODING =
      Collections.unmodifiableSet(
          EnumSet.of(
              NULL_VALUE,
              TRUNCATED_HEADER,
              BAD_MAGIC,
              SCHEMA_UNKNOWN,
              SUBJECT_MISMATCH,
              WRONG_FORMAT,
              DECODE,
              TRAILING_BYTES));
}
