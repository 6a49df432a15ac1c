package dev.millrace.schemas.flink.source;

import dev.millrace.schemas.pipeline.LatePolicy;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.topics.Topics;
import java.io.Serializable;
import java.util.Optional;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The topic that one source of a job reads, and how its records are decoded.
 *
 * @param name of the topic
 * @param encodedFor the topic under whose subject the records are encoded: for the late topic, the
 *     clean topic of the source
 * @param lateSource name of the source whose events are read from the late topic; null for any
 *     other topic
 * @param schema into which records are read
 * @param timeField field with the event time
 * @param check a further check of each record
 */
public record RecordTopic(
    String name,
    String encodedFor,
    @Nullable String lateSource,
    Schema schema,
    String timeField,
    RecordCheck check)
    implements Serializable {

  /** A topic of records with an event time. */
  public static RecordTopic of(String name, Schema schema, String timeField) {
    return new RecordTopic(name, name, null, schema, timeField, RecordCheck.NONE);
  }

  /** The clean events of a source. */
  public static RecordTopic clean(Pipeline pipeline, Source source, RecordCheck check) {
    String name = Topics.clean(pipeline, source.name());
    return new RecordTopic(name, name, null, source.schema(), source.time(), check);
  }

  /** The late events of a source; empty if they are in its clean topic. */
  public static Optional<RecordTopic> late(Pipeline pipeline, Source source, RecordCheck check) {
    if (source.late() != LatePolicy.TOPIC) {
      return Optional.empty();
    }
    return Optional.of(
        new RecordTopic(
            Topics.late(pipeline),
            Topics.clean(pipeline, source.name()),
            source.name(),
            source.schema(),
            source.time(),
            check));
  }
}
