package dev.millrace.schemas.flink.source;

import dev.millrace.schemas.pipeline.LatePolicy;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.topics.Topics;
import java.io.Serializable;
import java.util.List;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The topics that one source of a job reads, and how their records are decoded.
 *
 * @param topic main topic, under whose subject the records of the late topic are encoded, too
 * @param lateTopic the pipeline's late topic; null if it is not read
 * @param lateSource name of the source whose events of the late topic are read
 * @param schema into which records are read
 * @param timeField field with the event time
 * @param check a further check of each record
 */
public record RecordTopics(
    String topic,
    @Nullable String lateTopic,
    @Nullable String lateSource,
    Schema schema,
    String timeField,
    RecordCheck check)
    implements Serializable {

  /** One topic of records with an event time. */
  public static RecordTopics of(String topic, Schema schema, String timeField) {
    return new RecordTopics(topic, null, null, schema, timeField, RecordCheck.NONE);
  }

  /** The clean events of a source, and its late events if they have their own topic. */
  public static RecordTopics events(Pipeline pipeline, Source source, RecordCheck check) {
    boolean late = source.late() == LatePolicy.TOPIC;
    return new RecordTopics(
        Topics.clean(pipeline, source.name()),
        late ? Topics.late(pipeline) : null,
        source.name(),
        source.schema(),
        source.time(),
        check);
  }

  List<String> names() {
    return lateTopic == null ? List.of(topic) : List.of(topic, lateTopic);
  }
}
