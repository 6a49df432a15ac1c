package dev.millrace.deploy.generation;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.deploy.process.PlatformException;
import dev.millrace.deploy.topic.KafkaCalls;
import dev.millrace.deploy.topic.TopicReader;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.codec.SpecificRecords;
import dev.millrace.schemas.pipeline.Generation;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.service.Cluster;
import dev.millrace.schemas.topics.SkewAlerts;
import dev.millrace.schemas.topics.Topics;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Resolves the alerts of serving skew whose generation does not serve any more. */
public final class SkewAlertTopic {
  private final Cluster cluster;
  private final Pipeline pipeline;
  private final Registry registry;

  public SkewAlertTopic(Cluster cluster, Pipeline pipeline) {
    this.cluster = cluster;
    this.pipeline = pipeline;
    this.registry = Registry.http(cluster.registryUrl());
  }

  /**
   * Resolves the firing alerts of all generations but that of the definition. Their jobs have to be
   * ended before: one that runs may fire again.
   *
   * @return the keys of the alerts that were resolved
   * @throws PlatformException if the alerts cannot be read or written
   */
  public List<String> resolveOthers() throws InterruptedException {
    List<Alert> resolved =
        SkewAlerts.resolveOthers(
            newest().values(), pipeline.name(), Generation.of(pipeline), Instant.now());
    if (!resolved.isEmpty()) {
      write(resolved);
    }
    return resolved.stream().map(Alert::getKey).toList();
  }

  private Map<String, Alert> newest() throws InterruptedException {
    String topic = Topics.alerts(pipeline);
    AvroDecoder decoder = new AvroDecoder(registry, topic, Alert.getClassSchema());
    return new KafkaCalls()
        .get(
            "read the alerts",
            () -> {
              Map<String, Alert> newest = new LinkedHashMap<>();
              TopicReader.read(
                  cluster.clientSettings(),
                  List.of(topic),
                  record -> {
                    Alert alert = decoded(decoder, record);
                    newest.put(alert.getKey(), alert);
                  });
              return newest;
            });
  }

  private static Alert decoded(AvroDecoder decoder, ConsumerRecord<byte[], byte[]> record) {
    if (record.value() != null && decoder.decode(record.value()) instanceof Decoded.Value value) {
      return SpecificRecords.of(value.record(), Alert.class);
    }
    throw new PlatformException(
        "topic %s, offset %d: only Millrace writes to this topic, but the record cannot be decoded"
            .formatted(record.topic(), record.offset()));
  }

  private void write(List<Alert> alerts) throws InterruptedException {
    String topic = Topics.alerts(pipeline);
    AvroEncoder encoder = AvroEncoder.forTopic(registry, topic, Alert.getClassSchema());
    Properties settings = new Properties();
    settings.putAll(cluster.clientSettings());
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    try (var producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (Alert alert : alerts) {
        var record =
            new ProducerRecord<>(
                topic,
                null,
                alert.getAt().toEpochMilli(),
                alert.getKey().getBytes(UTF_8),
                encoder.encode(alert));
        new KafkaCalls().get("write topic " + topic, () -> producer.send(record).get());
      }
    }
  }
}
