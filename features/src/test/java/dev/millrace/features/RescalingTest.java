package dev.millrace.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.features.operator.FeedRow;
import dev.millrace.features.source.Question;
import dev.millrace.features.source.Question.Part;
import dev.millrace.features.view.GenerationPlan;
import dev.millrace.schemas.avro.SkewReport;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.flink.source.ProgressWatermarks;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.testing.flink.MemoryTopic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The topology on a mini cluster with RocksDB, stopped with savepoints in the middle of the topics
 * and restored with other parallelisms, while questions and rows wait, timers are set and answers
 * are to be compared. The expected values are those of the definition.
 */
class RescalingTest {
  private static final int[] PARALLELISM = {1, 3, 2, 3};
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Static, since a task has a copy of its functions. */
  private static final Queue<Question> VECTORS = new ConcurrentLinkedQueue<>();

  /** By view and entity, the newest row. */
  private static final Map<String, FeedRow> ROWS = new ConcurrentHashMap<>();

  private static final Queue<SkewReport> REPORTS = new ConcurrentLinkedQueue<>();

  @RegisterExtension static final MiniClusterExtension CLUSTER = TestCluster.extension();

  private final Path savepoints;

  RescalingTest(@TempDir Path savepoints) {
    this.savepoints = savepoints;
  }

  @BeforeEach
  void forget() {
    VECTORS.clear();
    ROWS.clear();
    REPORTS.clear();
  }

  private JobClient start(BankTopics topics, int stage, @Nullable String savepoint)
      throws Exception {
    Configuration settings =
        FeaturesMain.settings(Duration.ofHours(1))
            .set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    if (savepoint != null) {
      settings.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
    }
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(settings);
    env.setParallelism(PARALLELISM[stage]);
    FeaturesTopology.Outputs outputs =
        new FeaturesTopology(topics.pipeline, GenerationPlan.first(topics.pipeline))
            .build(source -> List.of(read(env, source, topics.upTo(source, stage))));
    collect(outputs.vectors(), vector -> VECTORS.add(vector));
    if (outputs.skew() != null) {
      collect(outputs.skew(), report -> REPORTS.add(report));
    }
    outputs
        .rows()
        .forEach(
            (view, rows) -> {
              String name = view.name();
              collect(rows, row -> keep(name, row));
            });
    return env.executeAsync();
  }

  private static DataStream<IncomingRecord> read(
      StreamExecutionEnvironment env, Source source, MemoryTopic<IncomingRecord> topic) {
    return env.fromSource(topic, ProgressWatermarks.strategy(), source.name())
        .uid(source.name())
        .setParallelism(Math.min(env.getParallelism(), BankStreams.PARTITIONS));
  }

  private static <T> void collect(DataStream<T> stream, MapFunction<T, Boolean> collector) {
    stream.map(collector).returns(Types.BOOLEAN).sinkTo(new DiscardingSink<>());
  }

  /** The newest row of an entity is the one with the greatest (as_of, sequence). */
  private static boolean keep(String view, FeedRow row) {
    ROWS.merge(
        view + " " + row.entity(),
        row,
        (old, now) ->
            now.asOfMillis() > old.asOfMillis()
                    || (now.asOfMillis() == old.asOfMillis() && now.sequence() > old.sequence())
                ? now
                : old);
    return true;
  }

  /** Reads the topics in four jobs; checks the rows at the end of the events and at the end. */
  private void readAll(BankTopics topics) throws Exception {
    String savepoint = null;
    for (int stage = 0; stage < PARALLELISM.length; stage++) {
      JobClient job = start(topics, stage, savepoint);
      await().atMost(PATIENCE).until(topics::areRead);
      if (stage == 2) {
        await()
            .atMost(PATIENCE)
            .untilAsserted(() -> assertThat(rows(topics)).isEqualTo(expected(topics)));
      } else if (stage == 3) {
        await()
            .atMost(PATIENCE)
            .untilAsserted(() -> assertThat(ROWS.values()).allMatch(FeedRow::isTombstone));
      }
      savepoint = stop(job);
    }
  }

  /** Sources may have read everything before the last task has started; then it fails. */
  private String stop(JobClient job) {
    return await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(ExecutionException.class)
        .until(
            () ->
                job.stopWithSavepoint(false, savepoints.toString(), SavepointFormatType.CANONICAL)
                    .get(),
            Objects::nonNull);
  }

  private static Map<String, String> rows(BankTopics topics) {
    Map<String, String> rows = new TreeMap<>();
    ROWS.forEach(
        (key, row) ->
            rows.put(
                key,
                comparable(
                    topics.pipeline,
                    row.features() == null
                        ? "null"
                        : row.newestMillis() + " " + Arrays.toString(row.features()))));
    return rows;
  }

  /**
   * Without alignment an account that was quiet for longer than the ttl begins anew, so that its
   * window without a bound, the last feature of a view, is left out.
   */
  private static String comparable(Pipeline pipeline, String row) {
    int last = row.lastIndexOf(',');
    return pipeline.align() || last < 0 ? row : row.substring(0, last);
  }

  /** By the definition: as of the last millisecond before the progress of all sources. */
  private static Map<String, String> expected(BankTopics topics) {
    BankOracle oracle = new BankOracle(topics.pipeline, topics.streams);
    Map<String, String> rows = new TreeMap<>();
    for (FeatureView view : topics.pipeline.features().values()) {
      for (BankStreams.Seen event : topics.streams.events(view.from())) {
        String entity = view.entity().of(event.value());
        if (entity != null) {
          rows.computeIfAbsent(
              view.name() + " " + entity,
              unknown ->
                  comparable(topics.pipeline, oracle.part(view, entity, topics.endMillis - 1)));
        }
      }
    }
    return rows;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void alignedVectorsAndRowsAreThoseOfTheDefinition(long seed) throws Exception {
    Pipeline aligned = Cards.bank();
    BankTopics topics = new BankTopics(aligned, new BankStreams(aligned, seed), seed);

    readAll(topics);

    Map<String, String> vectors = new TreeMap<>();
    for (Question vector : VECTORS) {
      assertThat(vector.complete()).as("%s", vector.eventId()).isTrue();
      assertThat(vectors.put(vector.eventId(), VectorsTest.text(vector))).isNull();
    }
    assertThat(vectors).isEqualTo(new BankOracle(aligned, topics.streams).vectors());
    assertThat(expected(topics).values())
        .as("rows of entities that have ended, and of others")
        .contains("null")
        .anyMatch(row -> !row.equals("null"));
  }

  /** Account o2 is in the sample whose answers are compared. */
  @ParameterizedTest
  @ValueSource(longs = {3, 4})
  void eachAnswerThatIsNotCompleteIsComparedOnce(long seed) throws Exception {
    Pipeline pipeline = VectorsTest.notAligned(Cards.bank());
    BankTopics topics = new BankTopics(pipeline, new BankStreams(pipeline, seed, "o"), seed);

    readAll(topics);

    assertThat(VECTORS)
        .extracting(Question::eventId)
        .containsExactlyInAnyOrderElementsOf(
            topics.streams.events("transfers").stream()
                .map(event -> String.valueOf(event.value().get("id")))
                .toList());
    for (Question vector : VECTORS) {
      for (Part part : vector.parts()) {
        assertThat(part == null || part.newestMillis() <= vector.timeMillis()).isTrue();
      }
    }
    assertThat(compared("account")).isEqualTo(asked(topics, "sender"));
    assertThat(compared("counterparty")).isEqualTo(asked(topics, "receiver"));
    assertThat(compared("paid")).isEqualTo(asked(topics, "receiver"));
  }

  /** The number of events about the entity of the sample. */
  private static long asked(BankTopics topics, String field) {
    return topics.streams.events("transfers").stream()
        .filter(event -> "o2".equals(BankStreams.text(event.value(), field)))
        .count();
  }

  /** The number of comparisons of each feature of a lookup, which is the same for all. */
  private static long compared(String lookup) {
    Map<String, Long> byFeature = new TreeMap<>();
    REPORTS.stream()
        .filter(report -> report.getLookup().equals(lookup))
        .forEach(report -> byFeature.merge(report.getFeature(), report.getCompared(), Long::sum));
    assertThat(byFeature.values().stream().distinct()).hasSize(1);
    return byFeature.values().iterator().next();
  }
}
