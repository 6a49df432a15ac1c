package dev.millrace.features;

import dev.millrace.features.operator.FeatureRow;
import dev.millrace.features.sink.FeatureRowLayout;
import dev.millrace.features.source.EventCheck;
import dev.millrace.schemas.flink.sink.AvroRecordWriter;
import dev.millrace.schemas.flink.sink.KafkaSinks;
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
import java.util.List;
import java.util.Properties;
import org.apache.avro.Schema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
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
    EventCheck check = EventCheck.of(source);
    DataStream<IncomingRecord> clean =
        env.fromSource(
                kafka(source, RecordTopic.clean(pipeline, source, check)),
                ProgressWatermarks.strategy(),
                operator)
            .uid(operator + "-" + fingerprint)
            .setParallelism(KafkaSources.parallelism(env.getParallelism(), pipeline));
    String late = source.name() + "-late-events";
    return RecordTopic.late(pipeline, source, check)
        .map(topic -> env.fromSource(kafka(source, topic), ProgressWatermarks.alwaysIdle(), late))
        .map(events -> clean.union(events.uid(late + "-" + fingerprint)))
        .orElse(clean);
  }

  private KafkaSource<IncomingRecord> kafka(Source source, RecordTopic topic) {
    return KafkaSources.committed(
        clientSettings,
        name(pipeline) + "-" + source.name(),
        name(pipeline) + "-" + source.name() + "-" + topic.name(),
        topic,
        new RecordReader(STAGE, pipeline.name(), topic, registry));
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
