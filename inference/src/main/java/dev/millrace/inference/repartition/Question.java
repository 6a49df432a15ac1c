package dev.millrace.inference.repartition;

import dev.millrace.schemas.avro.EventRef;
import dev.millrace.schemas.avro.RowQuestion;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/**
 * A question about the newest row of an entity, which is the key of its record.
 *
 * @param eventId of the event that asks
 * @param timeMillis of the event: a row as of a later time is no answer
 * @param partition of the event
 * @param offset of the event in the clean topic
 * @param lookup of the event that the row is for
 * @param rows the feature topic of the view
 * @param askedAtMillis wall clock
 */
public record Question(
    String eventId,
    long timeMillis,
    int partition,
    long offset,
    String lookup,
    String rows,
    long askedAtMillis) {

  /** Reads a {@code RowQuestion}, or the question in a {@code RowAnswer}. */
  public static Question of(GenericRecord record) {
    GenericRecord event = (GenericRecord) record.get("event");
    return new Question(
        event.get("event_id").toString(),
        (long) event.get("event_time"),
        (int) event.get("partition"),
        (long) event.get("offset"),
        record.get("lookup").toString(),
        record.get("rows").toString(),
        (long) record.get("asked_at"));
  }

  /** As a {@code RowQuestion}. */
  public GenericRecord toAvro() {
    GenericRecord record = new GenericData.Record(RowQuestion.getClassSchema());
    write(record);
    return record;
  }

  /** Writes the fields that questions and answers have. */
  void write(GenericRecord record) {
    GenericRecord event = new GenericData.Record(EventRef.getClassSchema());
    event.put("event_id", eventId);
    event.put("event_time", timeMillis);
    event.put("partition", partition);
    event.put("offset", offset);
    record.put("event", event);
    record.put("lookup", lookup);
    record.put("rows", rows);
    record.put("asked_at", askedAtMillis);
  }
}
