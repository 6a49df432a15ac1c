package dev.millrace.drift.job;

import dev.millrace.drift.window.PredictionExtractor;
import dev.millrace.schemas.flink.sink.RecordLayout;
import dev.millrace.schemas.topics.Progress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.GenericRecordAvroTypeInfo;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * A record of the outcomes topic on its way to the task that writes its partition: an outcome, or
 * the progress of a task that makes outcomes.
 *
 * @param outcome null: progress
 * @param partition of the topic
 * @param task number of the task whose progress it is; 0 for an outcome and for the progress that
 *     is written
 * @param tasks how many tasks make outcomes
 * @param passedMillis all outcomes that were known until then were made before; Long.MIN_VALUE: no
 *     such time is known
 * @param idle whether labels or predictions are silent
 */
public record OutcomeRecord(
    @Nullable GenericRecord outcome,
    int partition,
    int task,
    int tasks,
    long passedMillis,
    boolean idle) {

  /** An outcome, on the partition that Kafka's default partitioner gives its event id. */
  static OutcomeRecord of(GenericRecord outcome, int partitions) {
    byte[] key = id(outcome).getBytes(StandardCharsets.UTF_8);
    int partition = Utils.toPositive(Utils.murmur2(key)) % partitions;
    return new OutcomeRecord(outcome, partition, 0, 1, Long.MIN_VALUE, false);
  }

  /**
   * @param schema of outcomes
   */
  static TypeInformation<OutcomeRecord> type(Schema schema) {
    return Types.POJO(
        OutcomeRecord.class,
        Map.of(
            "outcome", new GenericRecordAvroTypeInfo(schema),
            "partition", Types.INT,
            "task", Types.INT,
            "tasks", Types.INT,
            "passedMillis", Types.LONG,
            "idle", Types.BOOLEAN));
  }

  private static String id(GenericRecord outcome) {
    return outcome.get("event_id").toString();
  }

  /** The progress of the partition, which is its own and only arrival partition. */
  private Progress progress() {
    long timeMillis = passedMillis == Long.MIN_VALUE ? Progress.NONE : passedMillis + 1;
    return Progress.ofOne(timeMillis, idle, 0);
  }

  /** The record in Kafka; its timestamp is the time of the event, or the progress. */
  static final class Layout implements RecordLayout<OutcomeRecord> {
    private static final long serialVersionUID = 1L;

    @Override
    public String key(OutcomeRecord record) {
      return record.outcome == null
          ? new String(record.progress().key(record.partition), StandardCharsets.UTF_8)
          : id(record.outcome);
    }

    @Override
    public @Nullable GenericRecord value(OutcomeRecord record) {
      return record.outcome;
    }

    @Override
    public Instant timestamp(OutcomeRecord record) {
      return Instant.ofEpochMilli(
          record.outcome == null
              ? Math.max(0, record.progress().timeMillis())
              : PredictionExtractor.eventTimeMillis(record.outcome));
    }

    @Override
    public Integer partition(OutcomeRecord record) {
      return record.partition;
    }

    @Override
    public void addHeaders(OutcomeRecord record, Headers headers) {
      if (record.outcome == null) {
        record.progress().write(headers);
      }
    }
  }
}
