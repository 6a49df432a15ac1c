package dev.millrace.deploy.export;

import dev.millrace.deploy.topic.TopicReader;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.registry.Registry;
import java.io.IOException;
import java.io.Writer;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Writes the records of a topic that are committed when the export starts. Of records with the same
 * event id only the newest is written: a drift job without state writes all outcomes again. Such
 * topics are read twice, and their ids are kept in memory.
 *
 * @param topic whose values are Avro with a registered schema
 * @param client settings of the Kafka clients
 * @param registry URL of the registry
 * @param format of the output
 * @param from the earliest record timestamp, which Millrace sets to the event time
 * @param until the first record timestamp after the exported period
 */
public record Export(
    String topic, Properties client, String registry, Format format, Instant from, Instant until) {

  /**
   * The number of records.
   *
   * @param repeated records that were left out because a newer one has the same event id
   */
  public record Result(long records, long undecodable, long repeated) {}

  /**
   * Writes the records.
   *
   * @param onUndecodable receives a line for each of the first records that cannot be decoded
   * @throws dev.millrace.deploy.platform.PlatformException if the topic has no schema
   */
  public Result to(Writer out, Consumer<String> onUndecodable) throws IOException {
    var schema = LatestSchema.of(topic, registry);
    var newest = LatestByEventId.ids(topic, schema).map(this::newest);
    var decoder = new AvroDecoder(Registry.http(registry), topic, schema);
    var counts = new Counts(format.to(out, schema), onUndecodable);
    read(
        record -> {
          var decoded = decoder.decode(record.value());
          if (newest.isEmpty()
              || !(decoded instanceof Decoded.Value value)
              || newest.get().isNewest(record, value.record())) {
            counts.add(
                decoded, "partition %d, offset %d".formatted(record.partition(), record.offset()));
          }
        });
    out.flush();
    return new Result(
        counts.records, counts.undecodable, newest.map(LatestByEventId::repeated).orElse(0L));
  }

  private LatestByEventId newest(Schema ids) {
    var decoder = new AvroDecoder(Registry.http(registry), topic, ids);
    var newest = new LatestByEventId();
    read(
        record -> {
          if (decoder.decode(record.value()) instanceof Decoded.Value value) {
            newest.add(record, value.record());
          }
        });
    return newest;
  }

  /** Tombstones of a compacted topic are left out. */
  private void read(Consumer<ConsumerRecord<byte[], byte[]>> action) {
    TopicReader.read(
        client,
        List.of(topic),
        record -> {
          var at = Instant.ofEpochMilli(record.timestamp());
          if (record.value() != null && !at.isBefore(from) && at.isBefore(until)) {
            action.accept(record);
          }
        });
  }

  private static final class Counts {
    private static final int REPORTED_UNDECODABLE = 10;

    private final Consumer<GenericRecord> sink;
    private final Consumer<String> onUndecodable;
    private long records;
    private long undecodable;

    private Counts(Consumer<GenericRecord> sink, Consumer<String> onUndecodable) {
      this.sink = sink;
      this.onUndecodable = onUndecodable;
    }

    private void add(Decoded decoded, String where) {
      if (decoded instanceof Decoded.Value value) {
        sink.accept(value.record());
        records++;
      } else if (decoded instanceof Decoded.Rejected rejected
          && ++undecodable <= REPORTED_UNDECODABLE) {
        onUndecodable.accept("%s: %s: %s".formatted(where, rejected.code(), rejected.detail()));
      }
    }
  }
}
