package dev.millrace.deploy.e2e.orders;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Properties;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Publishes returns, with the headers of a trace and of the producer. */
public final class ReturnsProducer implements AutoCloseable {
  private final String topic;
  private final long returnedAtMillis;
  private final KafkaProducer<byte[], byte[]> producer;

  /**
   * @param client settings of the Kafka client
   * @param returnedAtMillis the event time of all returns
   */
  public ReturnsProducer(Properties client, String topic, long returnedAtMillis) {
    this.topic = topic;
    this.returnedAtMillis = returnedAtMillis;
    this.producer =
        new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** The schema of returns with one more field, the reason. */
  public static Schema newer(Schema schema) {
    return new Schema.Parser()
        .parse(
            schema
                .toString()
                .replace(
                    "\"fields\":[",
                    "\"fields\":[{\"name\":\"reason\",\"type\":\"string\",\"default\":\"\"},"));
  }

  /**
   * A return.
   *
   * @param schema that of the pipeline, or {@link #newer}
   */
  public GenericRecord event(Schema schema, String id, int customer, double amount) {
    GenericRecord event = new GenericData.Record(schema);
    event.put("return_id", id);
    event.put("customer_id", "c" + customer);
    event.put("card", "4111");
    event.put("amount", amount);
    event.put("returned_at", returnedAtMillis);
    if (schema.getField("reason") != null) {
      event.put("reason", "broken");
    }
    return event;
  }

  /**
   * Publishes a record.
   *
   * @param from the name of the producer
   */
  public void send(int partition, int customer, byte[] value, String from) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic, partition, ("c" + customer).getBytes(UTF_8), value);
    record.headers().add("trace", "42".getBytes(UTF_8));
    record.headers().add("millrace.producer", from.getBytes(UTF_8));
    var unused = producer.send(record);
  }

  public void flush() {
    producer.flush();
  }

  @Override
  public void close() {
    producer.close();
  }
}
