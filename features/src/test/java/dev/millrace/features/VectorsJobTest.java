package dev.millrace.features;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.flink.source.OffsetRange;
import dev.millrace.schemas.topics.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.IntStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.Test;

class VectorsJobTest {
  /** Sources, operators and the sink are serializable, and nothing but vectors is written. */
  @Test
  void theJobCanBeSubmittedAndWritesVectorsOnly() {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(
            FeaturesMain.settings(Duration.ofSeconds(10)));
    Properties kafka = new Properties();
    kafka.setProperty("bootstrap.servers", "localhost:9092");
    List<OffsetRange> ranges =
        Cards.PIPELINE.sources().keySet().stream()
            .map(source -> Topics.clean(Cards.PIPELINE, source))
            .flatMap(
                topic ->
                    IntStream.range(0, Cards.PIPELINE.partitions())
                        .mapToObj(
                            partition ->
                                new OffsetRange(topic, partition, 0, 10, Map.of(partition, 9L))))
            .toList();

    new VectorsJob(Cards.PIPELINE.aligned(), kafka, () -> Cards.REGISTRY, ranges)
        .addTo(env, Path.of("/somewhere"));

    StreamGraph graph = env.getStreamGraph();
    assertThat(graph.getJobGraph().getVertices()).isNotEmpty();
    assertThat(graph.getStreamNodes().stream().filter(node -> node.getOutEdges().isEmpty()))
        .extracting(StreamNode::getOperatorName)
        .containsExactly("vectors: Writer");
  }
}
