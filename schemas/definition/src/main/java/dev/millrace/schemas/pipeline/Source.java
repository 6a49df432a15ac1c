package dev.millrace.schemas.pipeline;

import dev.millrace.schemas.expression.Expression;
import java.io.Serializable;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.avro.Schema;

/**
 * A stream of events as producers publish it, and the conditions that an event must meet.
 *
 * @param name unique in the pipeline, usable in a topic name
 * @param topic the producers' topic
 * @param schema record schema of an event, read from the {@code .avsc} file that the pipeline file
 *     names
 * @param id field that identifies an event: string, int or long
 * @param key field by which the clean events are partitioned: string, enum, int, long or boolean
 * @param time field of the event time: timestamp-millis or timestamp-micros
 * @param lateness time by which an event may be behind the newest event of its partition; 5 min by
 *     default
 * @param late the topic of events that are later
 * @param deduplicate time for which an event id is remembered; 1 h by default
 * @param maxAhead time by which an event time may be in the future; 1 h by default
 * @param contract CEL rules over the fields, boolean, by name in the file's order; the name of a
 *     rule that is false is the dead letter's detail
 */
public record Source(
    String name,
    String topic,
    Schema schema,
    String id,
    String key,
    String time,
    Duration lateness,
    LatePolicy late,
    Duration deduplicate,
    Duration maxAhead,
    Map<String, Expression> contract)
    implements Serializable {
  public Source {
    contract = Collections.unmodifiableMap(new LinkedHashMap<>(contract));
  }
}
