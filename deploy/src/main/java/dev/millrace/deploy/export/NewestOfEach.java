package dev.millrace.deploy.export;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Where the newest record of each event id stands. It holds every id in memory, about 150 bytes
 * each.
 */
final class NewestOfEach {
  private static final String EVENT_ID = "event_id";

  private final Map<String, Place> newest = new HashMap<>();
  private long repeated;

  private record Place(int partition, long offset) {
    static Place of(ConsumerRecord<?, ?> record) {
      return new Place(record.partition(), record.offset());
    }
  }

  /** Topics of Millrace that hold one record of an event; producers' own ids mean what they say. */
  private static final Pattern ONE_RECORD_AN_EVENT =
      Pattern.compile("millrace\\..*\\.(predictions|shadow-predictions|outcomes)");

  /**
   * A schema that reads nothing but event ids; empty where ids may repeat, or records have none.
   */
  static Optional<Schema> ids(String topic, Schema schema) {
    if (!ONE_RECORD_AN_EVENT.matcher(topic).matches()) {
      return Optional.empty();
    }
    return Optional.ofNullable(schema.getField(EVENT_ID))
        .map(id -> List.of(new Schema.Field(id, id.schema())))
        .map(
            ids ->
                Schema.createRecord(
                    schema.getName(), schema.getDoc(), schema.getNamespace(), false, ids));
  }

  /** Takes a record; of one event id the last one taken is the newest. */
  void add(ConsumerRecord<?, ?> place, GenericRecord record) {
    if (newest.put(String.valueOf(record.get(EVENT_ID)), Place.of(place)) != null) {
      repeated++;
    }
  }

  /** Whether a record is the newest of those taken. */
  boolean isNewest(ConsumerRecord<?, ?> place, GenericRecord record) {
    return Place.of(place).equals(newest.get(String.valueOf(record.get(EVENT_ID))));
  }

  /** How many records were taken that are not the newest of their id. */
  long repeated() {
    return repeated;
  }
}
