package dev.millrace.inference.rows;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.schemas.inputs.EntityFeatures;
import dev.millrace.schemas.pipeline.Lookup;
import java.util.List;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * Answers the lookups of an event from the online store, when its vector did not arrive.
 *
 * @param newest the newest rows of each lookup's view, by the index of the lookup
 */
public record StoredFeatures(List<Lookup> lookups, List<NewestRows> newest) {
  /** The features by the index of their lookup; null: not found. */
  public @Nullable EntityFeatures[] find(GenericRecord event, long timeMillis) {
    @Nullable EntityFeatures[] found = new @Nullable EntityFeatures[lookups.size()];
    for (int i = 0; i < found.length; i++) {
      String entity = lookups.get(i).key().of(event);
      found[i] = entity == null ? null : newest.get(i).find(entity.getBytes(UTF_8), timeMillis);
    }
    return found;
  }
}
