package dev.millrace.deploy.e2e.measure;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.pipeline.Fields;
import dev.millrace.schemas.topics.PipelineSchemas;
import dev.millrace.schemas.topics.Topics;
import dev.millrace.schemas.topics.WireHeaders;
import java.util.Objects;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Rows of the view {@code merchant}, written to its feature topic instead of the features job. */
final class MerchantRows {
  private static final String VIEW = "merchant";

  private MerchantRows() {}

  /** The entity of a row. */
  static String entity(int number) {
    return "merchant-%07d".formatted(number);
  }

  /**
   * Writes one row of each entity.
   *
   * @param asOfMillis event time of all rows
   * @return bytes of all keys and values
   */
  static long write(RunningPipeline running, int entities, long asOfMillis) {
    String topic = Topics.features(running.pipeline(), VIEW);
    Schema schema =
        PipelineSchemas.entityRow(
            running.pipeline(), Objects.requireNonNull(running.pipeline().features().get(VIEW)));
    AvroEncoder encoder = AvroEncoder.forTopic(running.registry(), topic, schema);
    SplittableRandom random = new SplittableRandom(1);
    long bytes = 0;
    for (int number = 0; number < entities; number++) {
      byte[] key = entity(number).getBytes(UTF_8);
      byte[] value = encoder.encode(row(schema, entity(number), asOfMillis, random));
      ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, key, value);
      WireHeaders.put(record.headers(), WireHeaders.EVENT_TIME, asOfMillis);
      running.sendLater(record);
      bytes += key.length + value.length;
    }
    running.flush();
    return bytes;
  }

  private static GenericRecord row(
      Schema schema, String entity, long asOfMillis, SplittableRandom random) {
    GenericRecord features = new GenericData.Record(schema.getField("features").schema());
    for (Schema.Field field : features.getSchema().getFields()) {
      boolean isLong = Fields.withoutNull(field.schema()).getType() == Schema.Type.LONG;
      features.put(
          field.pos(), isLong ? (Object) random.nextLong(1_000) : random.nextDouble(1_000));
    }
    GenericRecord row = new GenericData.Record(schema);
    row.put("entity", entity);
    row.put("as_of", asOfMillis);
    row.put("sequence", 1L);
    row.put("newest", asOfMillis);
    row.put("features", features);
    return row;
  }
}
