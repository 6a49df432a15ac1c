package dev.millrace.features;

import dev.millrace.features.operator.FeatureRow;
import dev.millrace.features.sink.FeatureRowLayout;
import dev.millrace.features.source.EventCheck;
import dev.millrace.schemas.flink.sink.AvroRecordWriter;
import dev.millrace.schemas.flink.sink.KafkaSinks;
import dev.millrace.schemas.flink.sink.WrittenSchemas;
import dev.millrace.schemas.flink.source.EventClockWatermarks;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.flink.source.KafkaSources;
import dev.millrace.schemas.flink.source.RecordReader;
import dev.millrace.schemas.flink.source.RecordTopics;
import dev.millrace.schemas.flink.source.RegistryFactory;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.topics.PipelineSchemas;
import dev.millrace.schemas.topics.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.avro.Schema;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Connects the {@link FeaturesTopology} to Kafka: for each source with views a Kafka source, the
 * operators, a sink for each view, and a sink for dead letters.
 *
 * <p>The uids of a source and of the operators of its views contain a fingerprint of the views'
 * definitions. So a changed view does not get the state of its old definition and does not start in
 * the middle of its source: Flink either rejects the checkpoint or, if unclaimed state may be
 * dropped, drops the state of the views and the positions in the source together, and the source is
 * read from the beginning. Sources whose views did not change resume at their positions.
 */
final class FeaturesJob {
  private static final String STAGE = "features";

  /** A partition without records for this time no longer holds back the expiry of state. */
  private static final Duration PARTITION_IDLE = Duration.ofMinutes(1);

  /** An arrival partition without events for this time no longer holds back the others' clocks. */
  private static final Duration ARRIVAL_IDLE = Duration.ofSeconds(5);

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

  /** The feature topics. */
  static List<String> writtenTopics(Pipeline pipeline) {
    return pipeline.features().keySet().stream()
        .map(view -> Topics.features(pipeline, view))
        .toList();
  }

  void addTo(StreamExecutionEnvironment env) {
    for (Source source : pipeline.sources().values()) {
      FeaturesTopology topology = new FeaturesTopology(pipeline, source);
      if (topology.hasViews()) {
        FeaturesTopology.Outputs outputs =
            topology.build(records(env, source, topology.fingerprint()));
        outputs.rows().forEach(this::write);
        String deadLetters = source.name() + "-dead-letters";
        outputs
            .deadLetters()
            .sinkTo(new KafkaSinks(clientSettings).deadLetters(Topics.deadLetters(pipeline)))
            .name(deadLetters)
            .uid(deadLetters);
      }
    }
  }

  private DataStream<IncomingRecord> records(
      StreamExecutionEnvironment env, Source source, String fingerprint) {
    String operator = source.name() + "-events";
    String client = name(pipeline) + "-" + source.name();
    RecordTopics topics = RecordTopics.events(pipeline, source, EventCheck.of(source));
    RecordReader reader = new RecordReader(STAGE, pipeline.name(), topics, registry);
    return env.fromSource(
            KafkaSources.committed(clientSettings, client, client, topics, reader),
            watermarks(source),
            operator)
        .uid(operator + "-" + fingerprint);
  }

  static WatermarkStrategy<IncomingRecord> watermarks(Source source) {
    return EventClockWatermarks.strategy(source.lateness(), ARRIVAL_IDLE, PARTITION_IDLE);
  }

  private void write(FeatureView view, DataStream<FeatureRow> rows) {
    String operator = view.name() + "-rows";
    rows.sinkTo(sink(view)).name(operator).uid(operator);
  }

  /**
   * Rows are upserts by (entity, event time, offset): a row that is written again after a restart
   * changes nothing, and no transaction delays a row until the next checkpoint.
   */
  private KafkaSink<FeatureRow> sink(FeatureView view) {
    String topic = Topics.features(pipeline, view.name());
    Schema schema = PipelineSchemas.featureRow(pipeline, view);
    return new KafkaSinks(clientSettings)
        .atLeastOnce(
            new AvroRecordWriter<>(topic, schemas.id(topic), schema, new FeatureRowLayout(schema)));
  }
}
