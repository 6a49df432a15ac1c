package dev.millrace.deploy.drift;

import dev.millrace.deploy.drift.view.DriftState;
import dev.millrace.deploy.topic.TopicReader;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.QualityReport;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.topics.Topics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import java.util.function.BiConsumer;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Reads what the running drift job of a pipeline has published. */
public final class DriftTopics {
  private final Pipeline pipeline;
  private final Properties client;
  private final Registry registry;

  /**
   * @param client settings of Kafka clients, including the bootstrap servers
   */
  public DriftTopics(Pipeline pipeline, Properties client, Registry registry) {
    this.pipeline = pipeline;
    this.client = client;
    this.registry = registry;
  }

  /** The newest of everything. */
  public DriftState read() {
    DriftState state = new DriftState(pipeline);
    forEach(
        Topics.driftReports(pipeline),
        DriftReport.getClassSchema(),
        DriftReport.class,
        (key, report) -> state.take(report));
    if (pipeline.labels() != null) {
      forEach(
          Topics.qualityReports(pipeline),
          QualityReport.getClassSchema(),
          QualityReport.class,
          (key, report) -> state.take(report));
    }
    forEach(Topics.alerts(pipeline), Alert.getClassSchema(), Alert.class, state::alert);
    forEach(
        Topics.retrainingTriggers(pipeline),
        RetrainingTrigger.getClassSchema(),
        RetrainingTrigger.class,
        (key, trigger) -> state.take(trigger));
    return state;
  }

  /** Passes the key and the value of each record that can be decoded; the value may be null. */
  private <T> void forEach(
      String topic, Schema schema, Class<T> type, BiConsumer<String, @Nullable T> action) {
    AvroDecoder decoder = new AvroDecoder(registry, topic, schema);
    TopicReader.read(
        client,
        List.of(topic),
        record -> {
          if (record.key() == null) {
            return;
          }
          String key = new String(record.key(), StandardCharsets.UTF_8);
          if (record.value() == null) {
            action.accept(key, null);
          } else if (decoded(decoder, record) instanceof Decoded.Value value) {
            action.accept(key, specific(value.record(), schema, type));
          }
        });
  }

  private static Decoded decoded(AvroDecoder decoder, ConsumerRecord<byte[], byte[]> record) {
    return decoder.decode(record.value());
  }

  private static <T> T specific(GenericRecord record, Schema schema, Class<T> type) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
      new GenericDatumWriter<GenericRecord>(schema).write(record, encoder);
      encoder.flush();
      return new SpecificDatumReader<>(type)
          .read(null, DecoderFactory.get().binaryDecoder(bytes.toByteArray(), null));
    } catch (IOException e) {
      throw new UncheckedIOException("a record of the schema does not have it", e);
    }
  }
}
