package dev.millrace.schemas.flink.source;

import dev.millrace.schemas.flink.sink.DeadLetterRecord;
import dev.millrace.schemas.topics.CombinedArrivalClock;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.GenericRecordAvroTypeInfo;
import org.jspecify.annotations.Nullable;

/**
 * A record of a topic: the decoded value, or a dead letter.
 *
 * @param value null if there is a dead letter
 * @param eventTimeMillis of the value; the record's timestamp for a dead letter
 * @param eventClockMillis newest event time by which ingest judged lateness when the event arrived;
 *     {@link #NO_CLOCK} for a late event, whose clock is no bound for the next record of its
 *     partition, and for a dead letter
 * @param arrival partition on which the event arrived, to which the clock belongs; see {@link
 *     dev.millrace.schemas.topics.WireHeaders#ARRIVAL}
 * @param late whether it was read from the late topic
 * @param partition of the topic that it was read from
 */
public record IncomingRecord(
    @Nullable GenericRecord value,
    @Nullable DeadLetterRecord deadLetter,
    long eventTimeMillis,
    long eventClockMillis,
    int arrival,
    boolean late,
    int partition,
    long offset) {
  public static final long NO_CLOCK = CombinedArrivalClock.NONE;

  /**
   * @param schema of values
   */
  public static TypeInformation<IncomingRecord> type(Schema schema) {
    return Types.POJO(
        IncomingRecord.class,
        Map.of(
            "value", new GenericRecordAvroTypeInfo(schema),
            "deadLetter", DeadLetterRecord.TYPE,
            "eventTimeMillis", Types.LONG,
            "eventClockMillis", Types.LONG,
            "arrival", Types.INT,
            "late", Types.BOOLEAN,
            "partition", Types.INT,
            "offset", Types.LONG));
  }
}
