package dev.millrace.drift.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.millrace.drift.Shop;
import dev.millrace.drift.ShopReferences;
import dev.millrace.drift.policy.Acknowledgement;
import dev.millrace.drift.policy.CauseSignal;
import dev.millrace.drift.policy.ModelStatus;
import dev.millrace.drift.profile.ModelReference;
import dev.millrace.drift.quality.ConceptMemory;
import dev.millrace.drift.quality.LossMemory;
import dev.millrace.drift.quality.OpenSlices;
import dev.millrace.drift.quality.QualityBaseline;
import dev.millrace.drift.quality.QualityPartial;
import dev.millrace.drift.quality.QualityReports;
import dev.millrace.drift.window.PartitionRange;
import dev.millrace.drift.window.WindowPartial;
import dev.millrace.drift.window.WindowTotals;
import dev.millrace.schemas.expression.Expression;
import dev.millrace.schemas.expression.Type;
import dev.millrace.schemas.flink.sink.WrittenSchemas;
import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.Labels;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.registry.InMemoryRegistry;
import dev.millrace.schemas.topics.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Collectors;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.GenericTypeInfo;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.kafka.clients.producer.internals.TransactionalRequestResult;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DriftJobTest {

  /** State is restored by these uids: change the file only together with a migration. */
  @Test
  void keepsNamesAndUidsOfOperators() throws IOException {
    assertThat(operators(Shop.pipeline(), ShopReferences.referenceSet()))
        .isEqualTo(golden("operators.txt"));
  }

  @Test
  void writesOutcomesWithoutAReference() throws IOException {
    assertThat(operators(Shop.pipeline(), null)).isEqualTo(golden("operators-without-drift.txt"));
  }

  /** Counts of windows of one length are not counts of windows of another. */
  @Test
  void doesNotRestoreWindowsOfAnotherLength() {
    assertThat(uid(windows(24), "drift-monitor"))
        .isNotEqualTo(uid(windows(1), "drift-monitor"))
        .isEqualTo(uid(windows(24), "drift-monitor"));
    assertThat(uid(windows(24), "windows-without-reference"))
        .isNotEqualTo(uid(windows(1), "windows-without-reference"))
        .isEqualTo(uid(windows(24), "windows-without-reference"));
  }

  @Test
  void doesNotRestoreALabelJoinOfAnotherDefinition() {
    Labels labels = Objects.requireNonNull(Shop.pipeline().labels());
    String uid = uid(Shop.pipeline(), "label-join");

    assertThat(uid(labels(labels, "amount > 5.0", labels.maturity()), "label-join"))
        .isNotEqualTo(uid);
    // Timers are set again after a change of maturity; see LabelJoinOperator.
    assertThat(uid(labels(labels, "amount > 0.0", Duration.ofDays(9)), "label-join"))
        .isEqualTo(uid);
  }

  private static Pipeline labels(Labels like, String value, Duration maturity) {
    Expression label = Expression.compile(value, Map.of("amount", Type.DOUBLE));
    Labels labels =
        new Labels(like.from(), like.id(), label, like.otherwise(), maturity, like.slices());
    return Shop.pipeline(Path.of("model"), labels, Shop.DRIFT);
  }

  private static Pipeline windows(int hours) {
    Drift drift =
        new Drift(
            Duration.ofHours(hours),
            Shop.DRIFT.reference(),
            Shop.DRIFT.falseAlarms(),
            Shop.DRIFT.minEffect(),
            Shop.DRIFT.minSamples());
    return Shop.pipeline(Path.of("model"), Shop.pipeline().labels(), drift);
  }

  private static String uid(Pipeline pipeline, String operator) {
    StreamExecutionEnvironment env = environment();
    job(pipeline).addTo(env, ShopReferences.referenceSet());
    return env.getStreamGraph(false).getStreamNodes().stream()
        .filter(node -> node.getOperatorName().equals(operator))
        .map(StreamNode::getTransformationUID)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void reportsWindowsOfAModelWithoutAReference() {
    assertThat(operators(Shop.pipeline(Path.of("model")), null))
        .contains("drift-reports-without-reference")
        .doesNotContain("alerts");
  }

  /** Causes that are found with labels need no profile. */
  @Test
  void alertsOfAModelWithoutAReference() {
    ModelReference none = ModelReference.none("shop", "refund", Shop.VERSION);

    assertThat(operators(Shop.pipeline(Path.of("model")), none))
        .contains("coverage-signals", "quality-signals", "drift-monitor", "alerts");
  }

  @Test
  void hasNothingToRunWithoutLabelsAndReference() {
    Pipeline shop = Shop.pipeline();
    Pipeline bare =
        new Pipeline(
            shop.name(),
            shop.guarantee(),
            shop.partitions(),
            shop.sources(),
            shop.score(),
            shop.features(),
            null,
            null,
            null,
            null);

    assertThat(job(bare).addTo(environment(), null)).isFalse();
  }

  /** Flink serializes these by field; it would serialize other classes by slow reflection. */
  @ParameterizedTest
  @ValueSource(
      classes = {
        WindowPartial.class,
        WindowTotals.class,
        ModelStatus.class,
        PartitionRange.class,
        QualityPartial.class,
        QualityReports.Window.class,
        OpenSlices.Limit.class,
        ConceptMemory.class,
        LossMemory.class,
        QualityBaseline.class,
        CauseSignal.class,
        MonitorInput.class,
        Acknowledgement.class
      })
  void stateAndRecordsHaveTheirOwnSerializers(Class<?> type) {
    TypeInformation<?> information = TypeInformation.of(type);

    assertThat(information).isNotInstanceOf(GenericTypeInfo.class);
    assertThat(information.createSerializer(environment().getConfig().getSerializerConfig()))
        .isNotNull();
  }

  /** The connector uses it by reflection; Kafka 4.3 removed it, and commits failed. */
  @Test
  void producerHasTheFieldsThatTheConnectorUsesForTransactions() {
    assertThatCode(() -> TransactionalRequestResult.class.getMethod("await"))
        .doesNotThrowAnyException();
  }

  private static String operators(Pipeline pipeline, @Nullable ModelReference reference) {
    StreamExecutionEnvironment env = environment();
    assertThat(job(pipeline).addTo(env, reference)).isTrue();
    return env.getStreamGraph(false).getStreamNodes().stream()
        .map(DriftJobTest::line)
        .sorted()
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static String line(StreamNode node) {
    return "%s | %s".formatted(node.getTransformationUID(), node.getOperatorName());
  }

  private static DriftJob job(Pipeline pipeline) {
    Map<String, Integer> ids =
        List.of(
                Topics.outcomes(pipeline),
                Topics.driftReports(pipeline),
                Topics.qualityReports(pipeline),
                Topics.alerts(pipeline),
                Topics.retrainingTriggers(pipeline))
            .stream()
            .collect(Collectors.toMap(topic -> topic, topic -> 1));
    KafkaConnectors ends =
        new KafkaConnectors(
            pipeline,
            client(),
            InMemoryRegistry::new,
            new WrittenSchemas(ids),
            Duration.ofMinutes(15));
    return new DriftJob(pipeline, ends);
  }

  private static Properties client() {
    Properties client = new Properties();
    client.setProperty("bootstrap.servers", "localhost:1");
    return client;
  }

  private static StreamExecutionEnvironment environment() {
    Configuration settings = new Configuration();
    settings.set(PipelineOptions.GENERIC_TYPES, false);
    return StreamExecutionEnvironment.createLocalEnvironment(2, settings);
  }

  private static String golden(String name) throws IOException {
    try (var in =
        Objects.requireNonNull(DriftJobTest.class.getResourceAsStream("/" + name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
