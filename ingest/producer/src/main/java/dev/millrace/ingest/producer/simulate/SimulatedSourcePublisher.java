package dev.millrace.ingest.producer.simulate;

import dev.millrace.ingest.producer.payments.InjectedFault;
import dev.millrace.ingest.producer.payments.SimulatedRecord;
import dev.millrace.ingest.producer.payments.SimulatedRecord.Chargeback;
import dev.millrace.ingest.producer.payments.SimulatedRecord.Payment;
import dev.millrace.ingest.producer.publish.EventPublisher;
import dev.millrace.ingest.producer.publish.SourcePublisher;
import dev.millrace.schemas.codec.WireFormat;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;

/** Publishes the simulated records of one source. */
final class SimulatedSourcePublisher<R extends SimulatedRecord> {
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

  /** Any first byte except 0 is invalid; JSON starts with this one. */
  private static final byte NOT_MAGIC = '{';

  private final SourcePublisher publisher;
  private final Schema schema;
  private final List<Function<R, Object>> values;

  private SimulatedSourcePublisher(
      Source source, Map<String, Function<R, Object>> known, EventPublisher publisher) {
    this.schema = source.schema();
    this.values = new ArrayList<>();
    for (Schema.Field field : schema.getFields()) {
      Function<R, Object> value = known.get(field.name());
      if (value == null) {
        throw new IllegalArgumentException(
            "source %s: the simulator has no value for field '%s'; it has %s"
                .formatted(source.name(), field.name(), new TreeSet<>(known.keySet())));
      }
      values.add(value);
    }
    this.publisher = publisher.source(source);
  }

  /**
   * The source of payments.
   *
   * @throws IllegalArgumentException if the pipeline has no source payments, or one with other
   *     fields
   */
  static SimulatedSourcePublisher<Payment> payments(Pipeline pipeline, EventPublisher publisher) {
    return new SimulatedSourcePublisher<>(pipeline.source(Payment.SOURCE), PAYMENT, publisher);
  }

  /**
   * The source of chargebacks.
   *
   * @throws IllegalArgumentException if the pipeline has no source chargebacks, or one with other
   *     fields
   */
  static SimulatedSourcePublisher<Chargeback> chargebacks(
      Pipeline pipeline, EventPublisher publisher) {
    return new SimulatedSourcePublisher<>(
        pipeline.source(Chargeback.SOURCE), CHARGEBACK, publisher);
  }

  /** Publishes a record, with its injected fault if it has one. */
  void publish(R simulated) {
    GenericData.Record record = new GenericData.Record(schema);
    for (Schema.Field field : schema.getFields()) {
      record.put(field.pos(), avro(values.get(field.pos()).apply(simulated), field.schema()));
    }
    byte[] bytes = publisher.encode(record);
    publisher.publish(
        simulated.key(),
        simulated instanceof Payment payment ? corrupt(bytes, payment.fault()) : bytes);
  }

  /** The publisher of the source's topic. */
  SourcePublisher publisher() {
    return publisher;
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

  private static byte[] corrupt(byte[] bytes, InjectedFault fault) {
    return switch (fault) {
      case BAD_MAGIC -> {
        bytes[0] = NOT_MAGIC;
        yield bytes;
      }
      // Half of the body: decoding fails with any schema, since bytes are missing.
      case TRUNCATED ->
          Arrays.copyOf(
              bytes, WireFormat.HEADER_BYTES + (bytes.length - WireFormat.HEADER_BYTES) / 2);
      case NONE, DUPLICATE, LATE, NEGATIVE_AMOUNT -> bytes;
    };
  }
}
