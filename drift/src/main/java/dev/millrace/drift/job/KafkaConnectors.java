package dev.millrace.drift.job;

import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.AlertAck;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.QualityReport;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.flink.sink.AvroRecordWriter;
import dev.millrace.schemas.flink.sink.DeadLetterRecord;
import dev.millrace.schemas.flink.sink.KafkaSinks;
import dev.millrace.schemas.flink.sink.RecordLayout;
import dev.millrace.schemas.flink.sink.WrittenSchemas;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.flink.source.KafkaSources;
import dev.millrace.schemas.flink.source.RecordCheck;
import dev.millrace.schemas.flink.source.RecordReader;
import dev.millrace.schemas.flink.source.RecordTopic;
import dev.millrace.schemas.flink.source.RegistryFactory;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ProcessNames;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.topics.Topics;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.kafka.clients.producer.ProducerConfig;

/** The job's sources and sinks in Kafka. */
public final class KafkaConnectors implements DriftConnectors {
  private static final String STAGE = "drift";

  private final Pipeline pipeline;
  private final Properties client;
  private final RegistryFactory registry;
  private final WrittenSchemas schemas;
  private final KafkaSinks sinks;
  private final Duration transactionTimeout;

  /**
   * @param client settings of every Kafka client, including the bootstrap servers
   * @param schemas of the topics that the job writes
   * @param transactionTimeout of the transactions that outcomes are written in
   */
  public KafkaConnectors(
      Pipeline pipeline,
      Properties client,
      RegistryFactory registry,
      WrittenSchemas schemas,
      Duration transactionTimeout) {
    this.pipeline = pipeline;
    this.client = client;
    this.registry = registry;
    this.schemas = schemas;
    this.sinks = new KafkaSinks(client);
    this.transactionTimeout = transactionTimeout;
  }

  @Override
  public KafkaSource<IncomingRecord> predictions(Schema schema) {
    return source(RecordTopic.of(Topics.predictions(pipeline), schema, "event_time"));
  }

  @Override
  public KafkaSource<IncomingRecord> labelEvents(Source source) {
    return source(RecordTopic.clean(pipeline, source, RecordCheck.NONE));
  }

  @Override
  public Optional<org.apache.flink.api.connector.source.Source<IncomingRecord, ?, ?>>
      lateLabelEvents(Source source) {
    return RecordTopic.late(pipeline, source, RecordCheck.NONE).map(this::source);
  }

  @Override
  public Optional<org.apache.flink.api.connector.source.Source<IncomingRecord, ?, ?>>
      acknowledgements() {
    return Optional.of(
        source(
            RecordTopic.of(
                Topics.alertAcks(pipeline), AlertAck.getClassSchema(), "acknowledged_at")));
  }

  @Override
  public PublishedAlerts publishedAlerts() {
    return new KafkaAlerts(Topics.alerts(pipeline), client, registry);
  }

  private KafkaSource<IncomingRecord> source(RecordTopic topic) {
    String name = ProcessNames.driftJob(pipeline.name());
    return KafkaSources.committed(
        client,
        name,
        "%s-%s".formatted(name, topic.name()),
        topic,
        new RecordReader(STAGE, pipeline.name(), topic, registry));
  }

  @Override
  public KafkaSink<DeadLetterRecord> deadLetters() {
    return sinks.deadLetters(Topics.deadLetters(pipeline));
  }

  /**
   * Exactly once, since an outcome is a row of a training set. Transactional ids are pooled: with a
   * new id at every checkpoint the broker would keep the ids of a week in memory.
   */
  @Override
  public KafkaSink<OutcomeRecord> outcomes(Schema schema) {
    String topic = Topics.outcomes(pipeline);
    return sinks
        .builder(
            new AvroRecordWriter<>(topic, schemas.id(topic), schema, new OutcomeRecord.Layout()))
        .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
        .setTransactionalIdPrefix(topic)
        .setTransactionNamingStrategy(TransactionNamingStrategy.POOLING)
        .setProperty(
            ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
            String.valueOf(transactionTimeout.toMillis()))
        .build();
  }

  @Override
  public KafkaSink<DriftReport> reports() {
    return atLeastOnce(
        Topics.driftReports(pipeline),
        DriftReport.getClassSchema(),
        RecordLayout.of(DriftReport::getId, DriftReport::getWindowEnd));
  }

  @Override
  public KafkaSink<QualityReport> qualityReports() {
    return atLeastOnce(
        Topics.qualityReports(pipeline),
        QualityReport.getClassSchema(),
        RecordLayout.of(QualityReport::getId, QualityReport::getWindowEnd));
  }

  @Override
  public KafkaSink<Alert> alerts() {
    return atLeastOnce(
        Topics.alerts(pipeline),
        Alert.getClassSchema(),
        RecordLayout.of(Alert::getKey, Alert::getAt));
  }

  @Override
  public KafkaSink<RetrainingTrigger> triggers() {
    return atLeastOnce(
        Topics.retrainingTriggers(pipeline),
        RetrainingTrigger.getClassSchema(),
        RecordLayout.of(RetrainingTrigger::getId, RetrainingTrigger::getAt));
  }

  /** Written without transactions: after a crash a record may be written again, with its id. */
  private <T extends IndexedRecord> KafkaSink<T> atLeastOnce(
      String topic, Schema schema, RecordLayout<T> layout) {
    return sinks.atLeastOnce(new AvroRecordWriter<>(topic, schemas.id(topic), schema, layout));
  }
}
