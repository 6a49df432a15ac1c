package dev.millrace.features;

import dev.millrace.features.generation.DeadLetterGate;
import dev.millrace.features.operator.FeedRow;
import dev.millrace.features.sink.FeedRowLayout;
import dev.millrace.features.sink.VectorLayout;
import dev.millrace.features.skew.SkewWindows;
import dev.millrace.features.source.Question;
import dev.millrace.features.view.GenerationPlan;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.SkewReport;
import dev.millrace.schemas.flink.sink.AvroRecordWriter;
import dev.millrace.schemas.flink.sink.DeadLetterRecord;
import dev.millrace.schemas.flink.sink.KafkaSinks;
import dev.millrace.schemas.flink.sink.RecordLayout;
import dev.millrace.schemas.flink.sink.WrittenSchemas;
import dev.millrace.schemas.flink.source.RegistryFactory;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Generation;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.topics.PipelineSchemas;
import dev.millrace.schemas.topics.Topics;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Connects the {@link FeaturesTopology} to Kafka: a Kafka source for the scored source and for each
 * source of a view, the operators, a sink for the vectors, one for each view, and one for the dead
 * letters of each source.
 *
 * <p>The uids of the lookups of a view contain a fingerprint of its definition. So a changed view
 * does not get the state of its old definition: Flink either rejects the checkpoint or, if
 * unclaimed state may be dropped, drops it. The positions in its source are kept, and the {@link
 * GenerationPlan} says which older events the view has to read on its own.
 */
final class FeaturesJob {
  private final Pipeline pipeline;
  private final GenerationPlan plan;
  private final Properties clientSettings;
  private final RegistryFactory registry;
  private final WrittenSchemas schemas;

  /**
   * @param clientSettings of Kafka clients, including the bootstrap servers
   * @param schemas of {@link #writtenTopics}
   */
  FeaturesJob(
      Pipeline pipeline,
      GenerationPlan plan,
      Properties clientSettings,
      RegistryFactory registry,
      WrittenSchemas schemas) {
    this.pipeline = pipeline;
    this.plan = plan;
    this.clientSettings = clientSettings;
    this.registry = registry;
    this.schemas = schemas;
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
    FeaturesTopology topology = new FeaturesTopology(pipeline, plan);
    if (topology.sources().isEmpty()) {
      return;
    }
    FeaturesTopology.Outputs outputs =
        topology.build(new JobSources(env, pipeline, plan, clientSettings, registry));
    write(outputs.vectors());
    if (outputs.skew() != null) {
      writeSkew(outputs.skew());
    }
    outputs.rows().forEach(this::write);
    outputs.deadLetters().forEach(this::writeDeadLetters);
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

  /**
   * The reports of serving skew, and the alerts. Without a bound there are alerts, too: those that
   * resolve the alerts of an earlier one.
   */
  private void writeSkew(SingleOutputStreamOperator<SkewReport> reports) {
    write(
        reports,
        "skew-reports",
        Topics.skewReports(pipeline),
        SkewReport.getClassSchema(),
        RecordLayout.of(
            report ->
                "%s/%s.%s"
                    .formatted(report.getGeneration(), report.getLookup(), report.getFeature()),
            SkewReport::getWindowEnd));
    write(
        reports.getSideOutput(SkewWindows.ALERTS),
        "skew-alerts",
        Topics.alerts(pipeline),
        Alert.getClassSchema(),
        RecordLayout.of(Alert::getKey, Alert::getAt));
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

  /** Those of a generation that serves; the uid has the generation, whose letters are held. */
  private void writeDeadLetters(Source source, DataStream<DeadLetterRecord> letters) {
    String operator = source.name() + "-dead-letters";
    String gate = operator + "-gate";
    letters
        .transform(
            gate,
            DeadLetterRecord.TYPE,
            DeadLetterGate.of(pipeline, source.name(), clientSettings, registry))
        .name(gate)
        .uid(gate + "-" + Generation.of(pipeline))
        .setParallelism(letters.getParallelism())
        // It calls Kafka, and would delay the questions in the task before it.
        .disableChaining()
        .sinkTo(new KafkaSinks(clientSettings).deadLetters(Topics.deadLetters(pipeline)))
        .name(operator)
        .uid(operator);
  }
}
