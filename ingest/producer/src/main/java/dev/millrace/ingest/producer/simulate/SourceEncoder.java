package dev.millrace.ingest.producer.simulate;

import dev.millrace.ingest.producer.simulate.SimulatedRecord.Chargeback;
import dev.millrace.ingest.producer.simulate.SimulatedRecord.Payment;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.codec.WireFormat;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.registry.Registry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;

/** Turns simulated records into the bytes of a source's topic. */
final class SourceEncoder<R extends SimulatedRecord> {
  private static final Map<String, Function<Payment, Object>> PAYMENT =
      Map.of(
          "payment_id", Payment::paymentId,
          "customer_id", Payment::customerId,
          "merchant_id", Payment::merchantId,
          "device_id", Payment::deviceId,
          "amount", Payment::amount,
          "country", Payment::country,
          "channel", Payment::channel,
          "paid_at", Payment::paidAt);

  private static final Map<String, Function<Chargeback, Object>> CHARGEBACK =
      Map.of(
          "chargeback_id", Chargeback::chargebackId,
          "payment_id", Chargeback::paymentId,
          "customer_id", Chargeback::customerId,
          "reported_at", Chargeback::reportedAt);

  /** Any first byte but 0; this one is what JSON begins with. */
  private static final byte NOT_MAGIC = '{';

  private final String topic;
  private final Schema schema;
  private final List<Function<R, Object>> values;
  private final AvroEncoder encoder;

  private SourceEncoder(Source source, Map<String, Function<R, Object>> known, Registry registry) {
    this.topic = source.topic();
    this.schema = source.schema();
    this.values = new ArrayList<>();
    for (Schema.Field field : schema.getFields()) {
      Function<R, Object> value = known.get(field.name());
      if (value == null) {
        throw new IllegalArgumentException(
            "source %s: the simulator knows no field '%s'; it makes %s"
                .formatted(source.name(), field.name(), new TreeSet<>(known.keySet())));
      }
      values.add(value);
    }
    this.encoder = AvroEncoder.forTopic(registry, topic, schema);
  }

  /**
   * @throws IllegalArgumentException if the pipeline has no source payments, or one with other
   *     fields
   */
  static SourceEncoder<Payment> payments(Pipeline pipeline, Registry registry) {
    return new SourceEncoder<>(pipeline.source(Payment.SOURCE), PAYMENT, registry);
  }

  /**
   * @throws IllegalArgumentException if the pipeline has no source chargebacks, or one with other
   *     fields
   */
  static SourceEncoder<Chargeback> chargebacks(Pipeline pipeline, Registry registry) {
    return new SourceEncoder<>(pipeline.source(Chargeback.SOURCE), CHARGEBACK, registry);
  }

  String topic() {
    return topic;
  }

  byte[] encode(R simulated) {
    GenericData.Record record = new GenericData.Record(schema);
    for (Schema.Field field : schema.getFields()) {
      record.put(field.pos(), avro(values.get(field.pos()).apply(simulated), field.schema()));
    }
    byte[] bytes = encoder.encode(record);
    return simulated instanceof Payment payment ? spoil(bytes, payment.defect()) : bytes;
  }

  private static Object avro(Object value, Schema schema) {
    if (value instanceof java.time.Instant time) {
      long millis = time.toEpochMilli();
      return schema.getLogicalType() instanceof LogicalTypes.TimestampMicros
          ? millis * 1_000
          : millis;
    }
    return schema.getType() == Schema.Type.ENUM
        ? new GenericData.EnumSymbol(schema, value.toString())
        : value;
  }

  private static byte[] spoil(byte[] bytes, Defect defect) {
    return switch (defect) {
      case BAD_MAGIC -> {
        bytes[0] = NOT_MAGIC;
        yield bytes;
      }
      // Half a body: a reader runs out of bytes, wherever its fields end.
      case TRUNCATED ->
          Arrays.copyOf(
              bytes, WireFormat.HEADER_BYTES + (bytes.length - WireFormat.HEADER_BYTES) / 2);
      case NONE, DUPLICATE, LATE, NEGATIVE_AMOUNT -> bytes;
    };
  }
}
