package dev.millrace.deploy.alert;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.deploy.process.PlatformException;
import dev.millrace.deploy.topic.KafkaCalls;
import dev.millrace.deploy.topic.TopicReader;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.AlertAck;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.codec.SpecificRecords;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.service.Cluster;
import dev.millrace.schemas.topics.Topics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The topics of a pipeline's alerts and of their acknowledgements. */
public final class AlertTopics {
  private final Cluster cluster;
  private final Pipeline pipeline;
  private final Registry registry;

  public AlertTopics(Cluster cluster, Pipeline pipeline) {
    this.cluster = cluster;
    this.pipeline = pipeline;
    this.registry = Registry.http(cluster.registryUrl());
  }

  /**
   * The alerts that fire now.
   *
   * @throws PlatformException if they cannot be read
   */
  public FiringAlerts firing() throws InterruptedException {
    String topic = Topics.alerts(pipeline);
    AvroDecoder decoder = new AvroDecoder(registry, topic, Alert.getClassSchema());
    Map<String, Alert> newest =
        new KafkaCalls()
            .get(
                "read the alerts",
                () -> {
                  Map<String, Alert> alerts = new HashMap<>();
                  TopicReader.read(
                      cluster.clientSettings(),
                      List.of(topic),
                      record -> read(decoder, record, alerts));
                  return alerts;
                });
    return FiringAlerts.of(pipeline.name(), newest.values());
  }

  /** A record without a value removes an alert. */
  private static void read(
      AvroDecoder decoder, ConsumerRecord<byte[], byte[]> record, Map<String, Alert> alerts) {
    String key = new String(record.key(), UTF_8);
    if (record.value() == null) {
      alerts.remove(key);
    } else if (decoder.decode(record.value()) instanceof Decoded.Value value) {
      alerts.put(key, SpecificRecords.of(value.record(), Alert.class));
    } else {
      throw new PlatformException(
          "topic %s, offset %d: only Millrace writes to this topic, but the record cannot be decoded"
              .formatted(record.topic(), record.offset()));
    }
  }

  /**
   * Publishes an acknowledgement.
   *
   * @throws PlatformException if it cannot be written
   */
  public void write(AlertAck ack) throws InterruptedException {
    String topic = Topics.alertAcks(pipeline);
    AvroEncoder encoder = AvroEncoder.forTopic(registry, topic, AlertAck.getClassSchema());
    Properties settings = new Properties();
    settings.putAll(cluster.clientSettings());
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    try (var producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      var record =
          new ProducerRecord<>(
              topic,
              null,
              ack.getAcknowledgedAt().toEpochMilli(),
              ack.getKey().getBytes(UTF_8),
              encoder.encode(ack));
      new KafkaCalls().get("write topic " + topic, () -> producer.send(record).get());
    }
  }
}
