package dev.millrace.schemas.flink.sink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.generic.IndexedRecord;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.SimpleUserCodeClassLoader;
import org.apache.flink.util.UserCodeClassLoader;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A record that Kafka's client rejects would fail the job for ever. */
class AvroRecordWriterTest {
  private static final Schema SCHEMA =
      SchemaBuilder.record("Row").fields().requiredString("text").endRecord();
  private static final int LARGEST = 1_048_576;

  @Test
  void aRecordThatFitsIsWritten() {
    ProducerRecord<byte[], byte[]> record = write(null, "x".repeat(1_000_000));
    assertThat(Objects.requireNonNull(record).value()).hasSizeGreaterThan(1_000_000);
  }

  @Test
  void aRecordThatIsTooLargeIsShortened() {
    ProducerRecord<byte[], byte[]> record = write("short", "x".repeat(LARGEST));
    assertThat(new String(Objects.requireNonNull(record).value(), UTF_8)).endsWith("short");
  }

  @Test
  void orLeftOut() {
    assertThat(write(null, "x".repeat(LARGEST))).isNull();
    assertThat(write("x".repeat(LARGEST), "x".repeat(LARGEST))).isNull();
  }

  private static final class Context implements SerializationSchema.InitializationContext {
    @Override
    public MetricGroup getMetricGroup() {
      return new UnregisteredMetricsGroup();
    }

    @Override
    public UserCodeClassLoader getUserCodeClassLoader() {
      return SimpleUserCodeClassLoader.create(Context.class.getClassLoader());
    }
  }

  @SuppressWarnings("NullAway") // the writer does not use its sink context
  private static @Nullable ProducerRecord<byte[], byte[]> write(
      @Nullable String shortened, String text) {
    RecordLayout<String> layout =
        new RecordLayout<>() {
          private static final long serialVersionUID = 1L;

          @Override
          public String key(String element) {
            return "key";
          }

          @Override
          public IndexedRecord value(String element) {
            return new GenericRecordBuilder(SCHEMA).set("text", element).build();
          }

          @Override
          public @Nullable IndexedRecord shortened(String element) {
            return shortened == null ? null : value(shortened);
          }
        };
    AvroRecordWriter<String> writer = new AvroRecordWriter<>("rows", 1, SCHEMA, layout);
    writer.open(new Context(), null);
    return writer.serialize(text, null, null);
  }
}
