package dev.millrace.drift.wire;

import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.GenericRecordAvroTypeInfo;
import org.jspecify.annotations.Nullable;

/**
 * A record of a topic: decoded, or as a dead letter.
 *
 * @param value null where {@code unreadable} is not
 * @param partition that it was read from
 * @param eventClockMillis newest event time by which ingest judged lateness when the event arrived;
 *     {@link #NO_CLOCK} for a record that says nothing about its partition's clock
 */
public record Incoming(
    @Nullable GenericRecord value,
    @Nullable Unreadable unreadable,
    int partition,
    long eventClockMillis) {
  /** Of late events, whose partition is not that of their clock, and of dead letters. */
  public static final long NO_CLOCK = Long.MIN_VALUE;

  /**
   * @param schema of values
   */
  public static TypeInformation<Incoming> type(Schema schema) {
    return Types.POJO(
        Incoming.class,
        Map.of(
            "value",
            new GenericRecordAvroTypeInfo(schema),
            "unreadable",
            TypeInformation.of(Unreadable.class),
            "partition",
            Types.INT,
            "eventClockMillis",
            Types.LONG));
  }
}
