package dev.millrace.deploy.export;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Finds the newest record of each event id. Keeps every id in memory, about 150 bytes each. */
final class LatestByEventId {
  private static final String EVENT_ID = "event_id";

  private final Map<String, Position> newest = new HashMap<>();
  private long repeated;

  private record Position(int partition, long offset) {
    static Position of(ConsumerRecord<?, ?> record) {
      return new Position(record.partition(), record.offset());
    }
  }

  /** The topics with one record per event. In producers' topics ids may repeat. */
  private static final Pattern ONE_RECORD_PER_EVENT =
      Pattern.compile("millrace\\..*\\.(predictions|shadow-predictions|outcomes)");

  /** A schema that reads only the event id; empty if ids may repeat or records have no id. */
  static Optional<Schema> ids(String topic, Schema schema) {
    if (!ONE_RECORD_PER_EVENT.matcher(topic).matches()) {
      return Optional.empty();
    }
    return Optional.ofNullable(schema.getField(EVENT_ID))
        .map(id -> List.of(new Schema.Field(id, id.schema())))
        .map(
            ids ->
                Schema.createRecord(
                    schema.getName(), schema.getDoc(), schema.getNamespace(), false, ids));
  }

  /** Adds a record; the last one added is the newest of its event id. */
  void add(ConsumerRecord<?, ?> position, GenericRecord record) {
    if (newest.put(String.valueOf(record.get(EVENT_ID)), Position.of(position)) != null) {
      repeated++;
    }
  }

  /** Whether a record is the newest of its event id. */
  boolean isNewest(ConsumerRecord<?, ?> position, GenericRecord record) {
    return Position.of(position).equals(newest.get(String.valueOf(record.get(EVENT_ID))));
  }

  /** The number of records that are not the newest of their event id. */
  long repeated() {
    return repeated;
  }
}
