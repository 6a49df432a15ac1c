package dev.millrace.features.source;

import dev.millrace.schemas.pipeline.Feedback;
import dev.millrace.schemas.pipeline.Labels;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.topics.FeedbackSchemas;
import java.io.Serializable;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads predictions or outcomes as events of views: the fields of the scored event and their own in
 * one record.
 *
 * @param schema of the events, as {@link Feedback#source} has it
 * @param maturityMillis of labels; 0: the pipeline has none
 */
record FeedbackRecord(Schema schema, long maturityMillis) implements Serializable {
  private static final long serialVersionUID = 1L;

  /**
   * Predictions and outcomes have further fields, such as {@code source} and {@code event_id}. A
   * field of the scored event may have the same name, and another type.
   */
  private static final Set<String> OWN = Set.copyOf(Feedback.OUTCOMES.ownFields());

  static FeedbackRecord of(Pipeline pipeline, Feedback feedback) {
    Labels labels = pipeline.labels();
    return new FeedbackRecord(
        pipeline.source(feedback.sourceName()).schema(),
        labels == null ? 0 : labels.maturity().toMillis());
  }

  /** The id of the scored event. */
  static String id(GenericRecord read) {
    return read.get("event_id").toString();
  }

  /**
   * The event time at which it was known, epoch millis: for a prediction that of its event, for an
   * outcome that of its label, but not before its event; for an assumed label that of maturity.
   */
  long knownMillis(GenericRecord read) {
    long eventMillis = (Long) read.get("event_time");
    if (!read.hasField("label_time")) {
      return eventMillis;
    }
    Long labelMillis = (Long) read.get("label_time");
    return labelMillis == null ? eventMillis + maturityMillis : Math.max(eventMillis, labelMillis);
  }

  /** Partition of the scored event in its clean topic. */
  static int partition(GenericRecord read) {
    return (Integer) ((GenericRecord) read.get("source")).get("partition");
  }

  /** Offset of the scored event in its partition. */
  static long offset(GenericRecord read) {
    return (Long) ((GenericRecord) read.get("source")).get("offset");
  }

  /** The event. Fields that the prediction does not contain are null. */
  GenericRecord event(GenericRecord read) {
    GenericRecord event = new GenericData.Record(schema);
    GenericRecord context =
        read.hasField(FeedbackSchemas.CONTEXT)
            ? (GenericRecord) read.get(FeedbackSchemas.CONTEXT)
            : null;
    for (Schema.Field field : schema.getFields()) {
      if (context != null && context.hasField(field.name())) {
        event.put(field.pos(), context.get(field.name()));
      } else if (OWN.contains(field.name()) && read.hasField(field.name())) {
        event.put(field.pos(), own(field, read.get(field.name())));
      }
    }
    return event;
  }

  /** A field of the record itself. A label that is a condition is 1 or 0 in outcomes. */
  private static @Nullable Object own(Schema.Field field, @Nullable Object value) {
    boolean isLabel = field.name().equals(Feedback.LABEL);
    if (isLabel && value instanceof Double label && isBoolean(field)) {
      return label != 0;
    }
    return field.name().equals(Feedback.LABEL_STATUS) && value != null ? value.toString() : value;
  }

  private static boolean isBoolean(Schema.Field field) {
    return field.schema().getTypes().stream()
        .anyMatch(type -> type.getType() == Schema.Type.BOOLEAN);
  }
}
