package dev.millrace.schemas.flink.source;

import dev.millrace.schemas.flink.sink.DeadLetterRecord;
import dev.millrace.schemas.topics.Progress;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.GenericRecordAvroTypeInfo;
import org.jspecify.annotations.Nullable;

/**
 * A record of a topic: the decoded value, a dead letter, or the progress of the topic; the others
 * are null.
 *
 * @param eventTimeMillis of the value; the record's timestamp for any other record
 * @param late whether it was read from the late topic
 * @param partition of the topic that it was read from
 */
public record IncomingRecord(
    @Nullable GenericRecord value,
    @Nullable DeadLetterRecord deadLetter,
    @Nullable Progress progress,
    long eventTimeMillis,
    boolean late,
    int partition,
    long offset) {
  private static final TypeInformation<Progress> PROGRESS =
      Types.POJO(
          Progress.class,
          Map.of(
              "arrival", Types.INT,
              "arrivals", Types.INT,
              "timeMillis", Types.LONG,
              "idle", Types.BOOLEAN));

  /** An event that was read from the clean topic of its source, or any other decoded value. */
  public static IncomingRecord of(
      GenericRecord value, long eventTimeMillis, int partition, long offset) {
    return new IncomingRecord(value, null, null, eventTimeMillis, false, partition, offset);
  }

  /** A progress record. */
  public static IncomingRecord of(Progress progress, int partition, long offset) {
    return new IncomingRecord(
        null, null, progress, progress.timeMillis(), false, partition, offset);
  }

  /**
   * @param schema of values
   */
  public static TypeInformation<IncomingRecord> type(Schema schema) {
    return Types.POJO(
        IncomingRecord.class,
        Map.of(
            "value", new GenericRecordAvroTypeInfo(schema),
            "deadLetter", DeadLetterRecord.TYPE,
            "progress", PROGRESS,
            "eventTimeMillis", Types.LONG,
            "late", Types.BOOLEAN,
            "partition", Types.INT,
            "offset", Types.LONG));
  }
}
