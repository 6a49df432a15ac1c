package dev.millrace.deploy.e2e.expected;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.topics.PipelineSchemas;
import dev.millrace.schemas.topics.Topics;
import dev.millrace.schemas.topics.WireHeaders;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** The newest row of each entity of a view, from its feature topic. */
public final class NewestRows {
  private final Map<String, GenericRecord> rows = new HashMap<>();

  private NewestRows() {}

  /** Reads the whole feature topic. */
  public static NewestRows read(RunningPipeline running, String name) {
    Pipeline pipeline = running.pipeline();
    FeatureView view = Objects.requireNonNull(pipeline.features().get(name));
    String topic = Topics.features(pipeline, name);
    AvroDecoder decoder = running.decoder(topic, PipelineSchemas.entityRow(pipeline, view));
    NewestRows newest = new NewestRows();
    for (ConsumerRecord<byte[], byte[]> record : running.read(topic)) {
      String entity = new String(record.key(), UTF_8);
      GenericRecord known = newest.rows.get(entity);
      if (record.value() == null) {
        long end = WireHeaders.rowTime(record.headers(), Long.MAX_VALUE);
        newest.rows.computeIfPresent(entity, (key, row) -> asOf(row) <= end ? null : row);
      } else {
        GenericRecord row = RunningPipeline.decode(decoder, record);
        if (known == null || !isNewer(known, row)) {
          newest.rows.put(entity, row);
        }
      }
    }
    return newest;
  }

  private static boolean isNewer(GenericRecord row, GenericRecord than) {
    return asOf(row) > asOf(than)
        || (asOf(row) == asOf(than) && (long) row.get("sequence") > (long) than.get("sequence"));
  }

  private static long asOf(GenericRecord row) {
    return (long) row.get("as_of");
  }

  /** The number of entities that have a row. */
  public int entities() {
    return rows.size();
  }

  /** A feature for an event; null: no row is as of the event's time or earlier. */
  public @Nullable Object find(String entity, long timeMillis, String feature) {
    GenericRecord row = rows.get(entity);
    return row == null || asOf(row) > timeMillis
        ? null
        : ((GenericRecord) row.get("features")).get(feature);
  }
}
