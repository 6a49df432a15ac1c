package dev.millrace.drift.job;

import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.QualityReport;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.flink.sink.AvroFiles;
import dev.millrace.schemas.flink.sink.DeadLetterRecord;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.flink.source.KafkaSources;
import dev.millrace.schemas.flink.source.OffsetRange;
import dev.millrace.schemas.flink.source.RecordCheck;
import dev.millrace.schemas.flink.source.RecordReader;
import dev.millrace.schemas.flink.source.RecordTopic;
import dev.millrace.schemas.flink.source.RegistryFactory;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.topics.Topics;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * Reads ranges of the pipeline's topics and writes what the job publishes to Avro files, named by
 * their sinks. It has no consumer group and no transactions, and writes to no topic.
 */
public final class BacktestConnectors implements DriftConnectors {
  private static final String STAGE = "drift";

  private final Pipeline pipeline;
  private final Properties client;
  private final RegistryFactory registry;
  private final Input input;
  private final Path directory;
  private int reportFiles;

  /**
   * What is read.
   *
   * @param ranges of the topics of predictions, of labels and of late events
   * @param from first event time of the predictions
   * @param to exclusive
   */
  public record Input(List<OffsetRange> ranges, Instant from, Instant to) {
    public Input {
      ranges = List.copyOf(ranges);
    }

    private List<OffsetRange> of(String topic) {
      return ranges.stream().filter(range -> range.topic().equals(topic)).toList();
    }
  }

  /**
   * @param client settings of every Kafka client, including the bootstrap servers
   * @param directory for the files; it must exist
   */
  public BacktestConnectors(
      Pipeline pipeline, Properties client, RegistryFactory registry, Input input, Path directory) {
    this.pipeline = pipeline;
    this.client = client;
    this.registry = registry;
    this.input = input;
    this.directory = directory;
  }

  @Override
  public boolean isBounded() {
    return true;
  }

  @Override
  public WatermarkStrategy<IncomingRecord> predictionProgress() {
    return PromptProgress.ofRanges(input.of(Topics.predictions(pipeline)));
  }

  @Override
  public WatermarkStrategy<IncomingRecord> labelProgress(
      dev.millrace.schemas.pipeline.Source source) {
    return PromptProgress.ofRanges(input.of(Topics.clean(pipeline, source.name())));
  }

  @Override
  public Source<IncomingRecord, ?, ?> predictions(Schema schema) {
    RecordTopic topic = RecordTopic.of(Topics.predictions(pipeline), schema, "event_time");
    return KafkaSources.bounded(
        client, input.of(topic.name()), new PeriodReader(reader(topic), input.from(), input.to()));
  }

  @Override
  public Source<IncomingRecord, ?, ?> labelEvents(dev.millrace.schemas.pipeline.Source source) {
    return source(RecordTopic.clean(pipeline, source, RecordCheck.NONE));
  }

  @Override
  public Optional<Source<IncomingRecord, ?, ?>> lateLabelEvents(
      dev.millrace.schemas.pipeline.Source source) {
    return RecordTopic.late(pipeline, source, RecordCheck.NONE).map(this::source);
  }

  private Source<IncomingRecord, ?, ?> source(RecordTopic topic) {
    return KafkaSources.bounded(client, input.of(topic.name()), reader(topic));
  }

  private RecordReader reader(RecordTopic topic) {
    return new RecordReader(STAGE, pipeline.name(), topic, registry);
  }

  @Override
  public Sink<OutcomeRecord> outcomes(Schema schema) {
    return new DiscardingSink<>();
  }

  /** A file for each call, since the job has two streams of reports. */
  @Override
  public Sink<DriftReport> reports() {
    return file("drift-reports-" + reportFiles++, DriftReport.getClassSchema());
  }

  @Override
  public Sink<QualityReport> qualityReports() {
    return file("quality-reports", QualityReport.getClassSchema());
  }

  @Override
  public Sink<Alert> alerts() {
    return file("alerts", Alert.getClassSchema());
  }

  @Override
  public Sink<RetrainingTrigger> triggers() {
    return file("retraining-triggers", RetrainingTrigger.getClassSchema());
  }

  @Override
  public Sink<DeadLetterRecord> deadLetters() {
    return new DiscardingSink<>();
  }

  private <T extends IndexedRecord> Sink<T> file(String name, Schema schema) {
    return new AvroFiles<>(directory, name, schema, record -> record);
  }
}
