package dev.millrace.features;

import dev.millrace.features.operator.FeedRow;
import dev.millrace.features.sink.FeedRowLayout;
import dev.millrace.features.sink.VectorLayout;
import dev.millrace.features.skew.SkewWindows;
import dev.millrace.features.source.EventCheck;
import dev.millrace.features.source.Question;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.SkewReport;
import dev.millrace.schemas.flink.sink.AvroRecordWriter;
import dev.millrace.schemas.flink.sink.DeadLetterRecord;
import dev.millrace.schemas.flink.sink.KafkaSinks;
import dev.millrace.schemas.flink.sink.RecordLayout;
import dev.millrace.schemas.flink.sink.WrittenSchemas;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.flink.source.KafkaSources;
import dev.millrace.schemas.flink.source.ProgressWatermarks;
import dev.millrace.schemas.flink.source.RecordReader;
import dev.millrace.schemas.flink.source.RecordTopic;
import dev.millrace.schemas.flink.source.RegistryFactory;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.topics.PipelineSchemas;
import dev.millrace.schemas.topics.Topics;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Connects the {@link FeaturesTopology} to Kafka: a Kafka source for the scored source and for each
 * source of a view, the operators, a sink for the vectors, one for each view, and one for the dead
 * letters of each source.
 *
 * <p>The uids of a source and of the lookups of its views contain a fingerprint of their
 * definitions. So a changed view does not get the state of its old definition and does not start in
 * the middle of its source: Flink either rejects the checkpoint or, if unclaimed state may be
 * dropped, drops the state of the views and the positions in the source together, and the source is
 * read from the beginning. Sources whose views did not change resume at their positions.
 */
final class FeaturesJob {
  private static final String STAGE = "features";

  /** The wall-clock time between two comparisons of the sources of an aligned pipeline. */
  private static final Duration ALIGNMENT_INTERVAL = Duration.ofMillis(100);

  private static final Duration SMALLEST_DRIFT = Duration.ofMinutes(10);

  private final Pipeline pipeline;
  private final Properties clientSettings;
  private final RegistryFactory registry;
  private final WrittenSchemas schemas;

  /**
   * @param clientSettings of Kafka clients, including the bootstrap servers
   * @param schemas of {@link #writtenTopics}
   */
  FeaturesJob(
      Pipeline pipeline,
      Properties clientSettings,
      RegistryFactory registry,
      WrittenSchemas schemas) {
    this.pipeline = pipeline;
    this.clientSettings = clientSettings;
    this.registry = registry;
    this.schemas = schemas;
  }

  /** The job's name: {@code millrace-<pipeline>-features}. */
  static String name(Pipeline pipeline) {
    return "millrace-" + pipeline.name() + "-features";
  }

  /** The feature topics, those of vectors and of serving skew, and that of alerts. */
  static List<String> writtenTopics(Pipeline pipeline) {
    return Stream.concat(
            Stream.of(
                Topics.vectors(pipeline), Topics.skewReports(pipeline), Topics.alerts(pipeline)),
            pipeline.features().keySet().stream().map(view -> Topics.features(pipeline, view)))
        .toList();
  }

  void addTo(StreamExecutionEnvironment env) {
    FeaturesTopology topology = new FeaturesTopology(pipeline);
    if (topology.sources().isEmpty()) {
      return;
    }
    FeaturesTopology.Outputs outputs =
        topology.build(source -> records(env, source, topology.fingerprint(source)));
    write(outputs.vectors());
    if (outputs.skew() != null) {
      writeSkew(outputs.skew());
    }
    outputs.rows().forEach(this::write);
    outputs.deadLetters().forEach(this::writeDeadLetters);
  }

  /** The records of a source, with the order of each partition. */
  private DataStream<IncomingRecord> records(
      StreamExecutionEnvironment env, Source source, String fingerprint) {
    EventCheck check = EventCheck.of(source);
    int parallelism = KafkaSources.parallelism(env.getParallelism(), pipeline);
    String events = source.name() + "-events";
    DataStream<IncomingRecord> clean =
        env.fromSource(kafka(source, SourceTopic.of(pipeline, source)), watermarks(), events)
            .uid(events + "-" + fingerprint)
            .setParallelism(parallelism);
    if (pipeline.align()) {
      return clean;
    }
    String lateEvents = source.name() + "-late-events";
    return RecordTopic.late(pipeline, source, check)
        .map(
            topic ->
                env.fromSource(kafka(source, topic), ProgressWatermarks.alwaysIdle(), lateEvents)
                    .uid(lateEvents + "-" + fingerprint)
                    .setParallelism(parallelism))
        .<DataStream<IncomingRecord>>map(clean::union)
        .orElse(clean);
  }

  private WatermarkStrategy<IncomingRecord> watermarks() {
    WatermarkStrategy<IncomingRecord> strategy = ProgressWatermarks.strategy();
    return pipeline.align()
        ? strategy.withWatermarkAlignment(pipeline.name(), drift(pipeline), ALIGNMENT_INTERVAL)
        : strategy;
  }

  /**
   * The event time by which a source may be ahead of the slowest one, in an aligned pipeline. What
   * is read ahead waits in state, so the drift bounds the state; and a source that is ahead stops
   * for an {@link #ALIGNMENT_INTERVAL}, so the drift divided by it bounds the speed of a replay: at
   * least 6,000 times the speed of the events.
   *
   * <p>Sources whose lateness differs are that far apart while they are read at the same speed, and
   * predictions and outcomes may be behind by the delay of their views.
   */
  static Duration drift(Pipeline pipeline) {
    Duration lateness =
        pipeline.sources().values().stream()
            .map(Source::lateness)
            .max(Comparator.naturalOrder())
            .orElse(Duration.ZERO);
    Duration delay =
        pipeline.features().values().stream()
            .map(FeatureView::delay)
            .max(Comparator.naturalOrder())
            .orElse(Duration.ZERO);
    return SMALLEST_DRIFT.plus(lateness).plus(delay);
  }

  private KafkaSource<IncomingRecord> kafka(Source source, RecordTopic topic) {
    return KafkaSources.committed(
        clientSettings,
        name(pipeline) + "-" + source.name(),
        name(pipeline) + "-" + source.name() + "-" + topic.name(),
        topic,
        new RecordReader(STAGE, pipeline.name(), topic, registry));
  }

  /**
   * Vectors are written at least once: no transaction delays them until the next checkpoint. One
   * that is written again after a restart is the same, or was answered from more events; readers
   * take the first.
   */
  private void write(DataStream<Question> vectors) {
    String topic = Topics.vectors(pipeline);
    Schema schema = PipelineSchemas.vector(pipeline);
    write(vectors, "vectors", topic, schema, new VectorLayout(schema));
  }

  /** The reports of serving skew, and the alerts if the pipeline sets a bound. */
  private void writeSkew(SingleOutputStreamOperator<SkewReport> reports) {
    write(
        reports,
        "skew-reports",
        Topics.skewReports(pipeline),
        SkewReport.getClassSchema(),
        RecordLayout.of(
            report -> report.getLookup() + "." + report.getFeature(), SkewReport::getWindowEnd));
    if (pipeline.skew() != null) {
      write(
          reports.getSideOutput(SkewWindows.ALERTS),
          "skew-alerts",
          Topics.alerts(pipeline),
          Alert.getClassSchema(),
          RecordLayout.of(Alert::getKey, Alert::getAt));
    }
  }

  /** Rows are upserts in the order of (as_of, sequence): one that is written again is harmless. */
  private void write(FeatureView view, DataStream<FeedRow> rows) {
    String topic = Topics.features(pipeline, view.name());
    Schema schema = PipelineSchemas.entityRow(pipeline, view);
    write(rows, view.name() + "-rows", topic, schema, new FeedRowLayout(schema));
  }

  private <T> void write(
      DataStream<T> records, String operator, String topic, Schema schema, RecordLayout<T> layout) {
    records
        .sinkTo(
            new KafkaSinks(clientSettings)
                .atLeastOnce(new AvroRecordWriter<>(topic, schemas.id(topic), schema, layout)))
        .name(operator)
        .uid(operator)
        .setParallelism(records.getParallelism());
  }

  private void writeDeadLetters(Source source, DataStream<DeadLetterRecord> letters) {
    String operator = source.name() + "-dead-letters";
    letters
        .sinkTo(new KafkaSinks(clientSettings).deadLetters(Topics.deadLetters(pipeline)))
        .name(operator)
        .uid(operator);
  }
}
