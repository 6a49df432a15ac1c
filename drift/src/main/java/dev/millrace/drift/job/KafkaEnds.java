package dev.millrace.drift.job;

import dev.millrace.drift.window.PredictionValues;
import dev.millrace.drift.wire.Incoming;
import dev.millrace.drift.wire.Unreadable;
import dev.millrace.drift.wire.WireRecords;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.pipeline.LatePolicy;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.topics.Topics;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.IndexedRecord;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.KafkaSinkBuilder;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.util.function.SerializableFunction;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/** The job's sources and sinks. */
final class KafkaEnds {
  private final Pipeline pipeline;
  private final JobSettings settings;
  private final Map<String, Integer> schemaIds;

  KafkaEnds(Pipeline pipeline, JobSettings settings, Map<String, Integer> schemaIds) {
    this.pipeline = pipeline;
    this.settings = settings;
    this.schemaIds = schemaIds;
  }

  KafkaSource<Incoming> predictions(Schema schema) {
    String topic = Topics.predictions(pipeline);
    return source(List.of(topic), new WireRecords(settings.registry(), topic, schema, null));
  }

  /** Clean events of a source, and late ones where they go to a topic of their own. */
  KafkaSource<Incoming> events(Source source) {
    String clean = Topics.clean(pipeline, source.name());
    List<String> topics =
        source.late() == LatePolicy.TOPIC ? List.of(clean, Topics.late(pipeline)) : List.of(clean);
    return source(
        topics, new WireRecords(settings.registry(), clean, source.schema(), source.name()));
  }

  /** Committed records of topics, from their beginning where no checkpoint says otherwise. */
  private KafkaSource<Incoming> source(List<String> topics, WireRecords records) {
    return KafkaSource.<Incoming>builder()
        .setBootstrapServers(settings.bootstrapServers())
        .setProperties(settings.clientProperties())
        .setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed")
        .setGroupId(DriftJob.name(pipeline))
        .setClientIdPrefix("%s-%s".formatted(DriftJob.name(pipeline), topics.get(0)))
        .setTopics(topics)
        .setStartingOffsets(OffsetsInitializer.earliest())
        .setDeserializer(records)
        .build();
  }

  /** At once, and after a crash perhaps again. */
  KafkaSink<Unreadable> deadLetters() {
    return KafkaSink.<Unreadable>builder()
        .setBootstrapServers(settings.bootstrapServers())
        .setKafkaProducerConfig(producer())
        .setRecordSerializer(new DeadLetterWriter(Topics.deadLetters(pipeline)))
        .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
        .build();
  }

  /**
   * Exactly once, since an outcome is a row of a training set. Transactional ids are pooled: a new
   * one at every checkpoint would fill the broker's memory for a week.
   */
  KafkaSink<GenericRecord> outcomes(Schema schema) {
    String topic = Topics.outcomes(pipeline);
    return this.<GenericRecord>sink(
            topic,
            schema,
            outcome -> outcome.get("event_id").toString(),
            outcome -> Instant.ofEpochMilli(PredictionValues.eventTimeMillis(outcome)))
        .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
        .setTransactionalIdPrefix(topic)
        .setTransactionNamingStrategy(TransactionNamingStrategy.POOLING)
        .setProperty(
            ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
            String.valueOf(settings.transactionTimeout().toMillis()))
        .build();
  }

  KafkaSink<DriftReport> reports() {
    return atLeastOnce(
        Topics.driftReports(pipeline),
        DriftReport.getClassSchema(),
        DriftReport::getId,
        DriftReport::getWindowEnd);
  }

  KafkaSink<Alert> alerts() {
    return atLeastOnce(
        Topics.alerts(pipeline), Alert.getClassSchema(), Alert::getKey, Alert::getAt);
  }

  KafkaSink<RetrainingTrigger> triggers() {
    return atLeastOnce(
        Topics.retrainingTriggers(pipeline),
        RetrainingTrigger.getClassSchema(),
        RetrainingTrigger::getId,
        RetrainingTrigger::getAt);
  }

  /** At once, and after a crash perhaps again, under the same id. */
  private <T extends IndexedRecord> KafkaSink<T> atLeastOnce(
      String topic,
      Schema schema,
      SerializableFunction<T, String> key,
      SerializableFunction<T, Instant> time) {
    return sink(topic, schema, key, time)
        .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
        .setProperty(ProducerConfig.LINGER_MS_CONFIG, "0")
        .build();
  }

  private <T extends IndexedRecord> KafkaSinkBuilder<T> sink(
      String topic,
      Schema schema,
      SerializableFunction<T, String> key,
      SerializableFunction<T, Instant> time) {
    int schemaId =
        Objects.requireNonNull(schemaIds.get(topic), () -> "no schema id of topic " + topic);
    return KafkaSink.<T>builder()
        .setBootstrapServers(settings.bootstrapServers())
        .setKafkaProducerConfig(producer())
        .setRecordSerializer(new WireWriter<>(topic, schemaId, schema, key, time));
  }

  private Properties producer() {
    Properties client = new Properties();
    client.putAll(settings.clientProperties());
    client.setProperty(ProducerConfig.ACKS_CONFIG, "all");
    return client;
  }
}
