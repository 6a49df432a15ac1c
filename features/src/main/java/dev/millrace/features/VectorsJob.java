package dev.millrace.features;

import dev.millrace.features.sink.VectorLayout;
import dev.millrace.features.source.Question;
import dev.millrace.features.view.GenerationPlan;
import dev.millrace.schemas.flink.sink.AvroFiles;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.flink.source.KafkaSources;
import dev.millrace.schemas.flink.source.OffsetRange;
import dev.millrace.schemas.flink.source.ProgressWatermarks;
import dev.millrace.schemas.flink.source.RecordReader;
import dev.millrace.schemas.flink.source.RecordTopic;
import dev.millrace.schemas.flink.source.RegistryFactory;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.topics.PipelineSchemas;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.apache.avro.Schema;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Connects the {@link FeaturesTopology} to ranges of the clean topics and to files.
 *
 * <p>An idle partition holds back the others here, other than in {@link FeaturesJob}, if it has
 * events in the range: what was silent at the time may have had them afterwards. So a question
 * waits until all events that it needs were read, whichever source is read faster.
 */
final class VectorsJob {
  private static final String STAGE = "features";

  private final Pipeline pipeline;
  private final Properties clientSettings;
  private final RegistryFactory registry;
  private final List<OffsetRange> ranges;

  /**
   * @param pipeline aligned
   * @param clientSettings of Kafka clients, including the bootstrap servers
   * @param ranges of the clean topics of all sources that are read
   */
  VectorsJob(
      Pipeline pipeline,
      Properties clientSettings,
      RegistryFactory registry,
      List<OffsetRange> ranges) {
    this.pipeline = pipeline;
    this.clientSettings = clientSettings;
    this.registry = registry;
    this.ranges = ranges;
  }

  /**
   * Adds the operators.
   *
   * @param directory for the files of vectors
   */
  void addTo(StreamExecutionEnvironment env, Path directory) {
    Schema schema = PipelineSchemas.vector(pipeline);
    VectorLayout layout = new VectorLayout(schema);
    new FeaturesTopology(pipeline, GenerationPlan.first(pipeline))
        .build(source -> List.of(records(env, source)))
        .vectors()
        .sinkTo(new AvroFiles<Question>(directory, "vectors", schema, layout::value))
        .name("vectors")
        .uid("vectors");
  }

  private DataStream<IncomingRecord> records(StreamExecutionEnvironment env, Source source) {
    RecordTopic topic = SourceTopic.of(pipeline, source);
    String events = source.name() + "-events";
    List<OffsetRange> read =
        ranges.stream().filter(range -> range.topic().equals(topic.name())).toList();
    return env.fromSource(
            KafkaSources.bounded(
                clientSettings, read, new RecordReader(STAGE, pipeline.name(), topic, registry)),
            ProgressWatermarks.ofRanges(read),
            events)
        .uid(events)
        .setParallelism(KafkaSources.parallelism(env.getParallelism(), pipeline));
  }
}
