package dev.millrace.drift.wire;

import dev.millrace.schemas.topics.ArrivalClocks;
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
 * @param arrival partition that the event arrived on, whose clock it carries; see {@link
 *     dev.millrace.schemas.topics.WireHeaders#ARRIVAL}
 * @param eventClockMillis newest event time by which ingest judged lateness when the event arrived;
 *     {@link #NO_CLOCK} for a record that says nothing about its arrival partition's clock
 */
public record Incoming(
    @Nullable GenericRecord value,
    @Nullable Unreadable unreadable,
    int arrival,
    long eventClockMillis) {
  /** Of late events, whose clock is no promise of what comes next, and of dead letters. */
  public static final long NO_CLOCK = ArrivalClocks.NONE;

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
            "arrival",
            Types.INT,
            "eventClockMillis",
            Types.LONG));
  }
}
