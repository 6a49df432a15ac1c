package dev.millrace.inference.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.inference.rows.EntityRow;
import dev.millrace.schemas.avro.FeatureStatus;
import dev.millrace.schemas.pipeline.Feature;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The features of one entity as JSON, each with the status that it would have in a prediction.
 *
 * @param stale whether a copy answers that may be behind
 * @param row null: the store has none
 * @param eventTimeMillis the present of the partition, epoch millis of event time
 * @param wallClockMillis epoch millis
 */
record EntityAnswer(
    boolean stale, @Nullable EntityRow row, long eventTimeMillis, long wallClockMillis) {

  /** The answer to one key of a request. */
  ObjectNode json(ReadRequest request, int key) {
    ObjectNode json = describe(request, key);
    EntityRow found = row;
    json.put("found", found != null);
    json.put("stale", stale);
    json.put("as_of", found == null ? null : time(found.asOfMillis()));
    json.put("newest", found == null ? null : time(found.features().newestMillis()));
    json.put("event_time", found == null && eventTimeMillis == 0 ? null : time(eventTimeMillis));
    json.put(
        "age_millis",
        found == null ? null : (Long) (eventTimeMillis - found.features().newestMillis()));
    json.put(
        "wall_clock_age_millis",
        found == null ? null : (Long) (wallClockMillis - found.features().newestMillis()));
    ObjectNode features = json.putObject("features");
    for (Feature feature : request.features()) {
      put(features.putObject(feature.name()), feature, request.view().view().ttl());
    }
    return json;
  }

  /** The entity of a key, which every answer begins with. */
  static ObjectNode describe(ReadRequest request, int key) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("entity", request.entity(key));
    ObjectNode values = json.putObject("key");
    List<String> fields = request.view().view().entity().fields();
    for (int i = 0; i < fields.size(); i++) {
      values.put(fields.get(i), request.keys().get(key).get(i));
    }
    return json;
  }

  private static String time(long millis) {
    return Instant.ofEpochMilli(millis).toString();
  }

  private void put(ObjectNode json, Feature feature, @Nullable Duration ttl) {
    Object value = row == null ? null : row.features().features().get(feature.name());
    FeatureStatus status = status(value, ttl);
    json.putPOJO("value", status == FeatureStatus.PRESENT ? value : null);
    json.put("status", status.name());
  }

  private FeatureStatus status(@Nullable Object value, @Nullable Duration ttl) {
    if (row == null) {
      return FeatureStatus.NOT_FOUND;
    }
    if (ttl != null && eventTimeMillis - row.features().newestMillis() > ttl.toMillis()) {
      return FeatureStatus.OUTSIDE_MAX_AGE;
    }
    return value == null ? FeatureStatus.NULL_VALUE : FeatureStatus.PRESENT;
  }
}
