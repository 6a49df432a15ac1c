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
 * Writes a topic's committed records, up to the end that it has when the export starts. Of records
 * that repeat an event id the newest is written: a drift job that starts from scratch writes all
 * outcomes again. They are read twice for that, and their ids held in memory.
 *
 * @param topic whose values are Avro with a registered schema
 * @param client settings of a Kafka client of the cluster
 * @param registry URL of the registry
 * @param format of what is written
 * @param from earliest record timestamp, which Millrace sets to the time of the event
 * @param until first record timestamp that is too late
 */
public record Export(
    String topic, Properties client, String registry, Format format, Instant from, Instant until) {

  /**
   * What was written.
   *
   * @param repeated records left out, since a newer one has the same event id
   */
  public record Result(long records, long undecodable, long repeated) {}

  /**
   * Exports.
   *
   * @param complain is told of each of the first undecodable records
   * @throws dev.millrace.deploy.platform.PlatformException when there is no such schema
   */
  public Result to(Writer out, Consumer<String> complain) throws IOException {
    var schema = LatestSchema.of(topic, registry);
    var newest = NewestOfEach.ids(topic, schema).map(this::newest);
    var decoder = new AvroDecoder(Registry.http(registry), topic, schema);
    var counts = new Counts(format.to(out, schema), complain);
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
        counts.records, counts.undecodable, newest.map(NewestOfEach::repeated).orElse(0L));
  }

  private NewestOfEach newest(Schema ids) {
    var decoder = new AvroDecoder(Registry.http(registry), topic, ids);
    var newest = new NewestOfEach();
    read(
        record -> {
          if (decoder.decode(record.value()) instanceof Decoded.Value value) {
            newest.add(record, value.record());
          }
        });
    return newest;
  }

  /** A tombstone deletes its key's record in a compacted topic; it is none itself. */
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
    private static final int COMPLAINTS = 10;

    private final Consumer<GenericRecord> sink;
    private final Consumer<String> complain;
    private long records;
    private long undecodable;

    private Counts(Consumer<GenericRecord> sink, Consumer<String> complain) {
      this.sink = sink;
      this.complain = complain;
    }

    private void add(Decoded decoded, String where) {
      if (decoded instanceof Decoded.Value value) {
        sink.accept(value.record());
        records++;
      } else if (decoded instanceof Decoded.Rejected rejected && ++undecodable <= COMPLAINTS) {
        complain.accept("%s: %s: %s".formatted(where, rejected.code(), rejected.detail()));
      }
    }
  }
}
