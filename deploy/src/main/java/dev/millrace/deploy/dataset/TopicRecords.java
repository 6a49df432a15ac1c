package dev.millrace.deploy.dataset;

import dev.millrace.deploy.topic.TopicProgress;
import dev.millrace.deploy.topic.TopicRange;
import dev.millrace.deploy.topic.TopicRanges;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.codec.WireFormat;
import dev.millrace.schemas.digest.Sha256;
import dev.millrace.schemas.registry.Registry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Reads ranges of a topic and counts the schemas of its records. */
final class TopicRecords {
  private static final int REPORTED_UNDECODABLE = 10;

  private final String topic;
  private final List<TopicRange> ranges;
  private final Access access;
  private final Map<Integer, Long> bySchema = new TreeMap<>();
  private long undecodable;

  /** Receives a record. */
  interface Sink {
    void accept(ConsumerRecord<byte[], byte[]> at, GenericRecord record) throws IOException;
  }

  /**
   * How records are read.
   *
   * @param client settings of the Kafka clients
   * @param onUndecodable receives a line for each of the first records that cannot be decoded
   */
  record Access(Properties client, Registry registry, Consumer<String> onUndecodable) {}

  /**
   * @param ranges those of other topics are ignored
   */
  TopicRecords(String topic, List<TopicRange> ranges, Access access) {
    this.topic = topic;
    this.ranges = ranges.stream().filter(range -> range.topic().equals(topic)).toList();
    this.access = access;
  }

  /** Whether there are no ranges of this topic. */
  boolean isEmpty() {
    return ranges.isEmpty();
  }

  /** The number of offsets of the ranges, which is at least the number of records. */
  long offsets() {
    return ranges.stream().mapToLong(range -> range.to() - range.from()).sum();
  }

  /**
   * Reads all records in the order of partition and offset. Records without a value, such as those
   * of progress, are left out.
   */
  void read(Schema reader, Sink sink) {
    AvroDecoder decoder = new AvroDecoder(access.registry, topic, reader);
    bySchema.clear();
    TopicRanges.read(
        access.client,
        ranges,
        record -> {
          if (record.value() != null) {
            WireFormat.schemaIdOf(record.value())
                .ifPresent(id -> bySchema.merge(id, 1L, Long::sum));
            pass(record, decoder.decode(record.value()), sink);
          }
        });
  }

  private void pass(ConsumerRecord<byte[], byte[]> at, Decoded decoded, Sink sink) {
    if (decoded instanceof Decoded.Value value) {
      try {
        sink.accept(at, value.record());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    } else if (decoded instanceof Decoded.Rejected rejected
        && ++undecodable <= REPORTED_UNDECODABLE) {
      access.onUndecodable.accept(
          "%s, partition %d, offset %d: %s: %s"
              .formatted(topic, at.partition(), at.offset(), rejected.code(), rejected.detail()));
    }
  }

  /** Reads how far the ranges are, without decoding their records. */
  TopicProgress progress() {
    TopicProgress progress = new TopicProgress(ranges);
    bySchema.clear();
    TopicRanges.read(
        access.client,
        ranges,
        record -> {
          progress.add(record);
          count(record);
        });
    return progress;
  }

  private void count(ConsumerRecord<byte[], byte[]> record) {
    WireFormat.schemaIdOf(record.value()).ifPresent(id -> bySchema.merge(id, 1L, Long::sum));
  }

  long undecodable() {
    return undecodable;
  }

  /** What was read, for the manifest. */
  Manifest.Topic toManifest() {
    return new Manifest.Topic(
        topic,
        ranges.stream()
            .map(range -> new Manifest.Range(range.partition(), range.from(), range.to()))
            .toList(),
        bySchema.entrySet().stream()
            .map(
                each ->
                    new Manifest.WriterSchema(
                        each.getKey(), digest(each.getKey()), each.getValue()))
            .toList());
  }

  private @Nullable String digest(int id) {
    return access.registry.lookup(id) instanceof Registry.Lookup.Found found
        ? Sha256.hex(found.schema().getBytes(StandardCharsets.UTF_8))
        : null;
  }
}
