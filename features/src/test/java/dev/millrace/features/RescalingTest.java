package dev.millrace.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.features.operator.FeedRow;
import dev.millrace.features.source.Question;
import dev.millrace.features.source.Question.Part;
import dev.millrace.schemas.avro.SkewReport;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.flink.source.ProgressWatermarks;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.testing.flink.MemoryTopic;
import dev.millrace.schemas.topics.Progress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
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
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
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
  private static final long HOURS = Duration.ofHours(2).toMillis();

  /** Static, since a task has a copy of its functions. */
  private static final Queue<Question> VECTORS = new ConcurrentLinkedQueue<>();

  /** By view and entity, the newest row. */
  private static final Map<String, FeedRow> ROWS = new ConcurrentHashMap<>();

  private static final Queue<SkewReport> REPORTS = new ConcurrentLinkedQueue<>();

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(4)
              .build());

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

  /** The topics of a source, with the end of their events, and with the end of everything. */
  private final class Topics {
    final Pipeline pipeline;
    final BankStreams streams;
    final long endMillis;
    final Map<Source, MemoryTopic<IncomingRecord>> topics = new HashMap<>();
    final Map<Source, List<List<IncomingRecord>>> logs = new HashMap<>();
    private final Random random;

    Topics(Pipeline pipeline, BankStreams streams, long seed) {
      this.pipeline = pipeline;
      this.streams = streams;
      this.random = new Random(seed);
      this.endMillis =
          1_000
              + pipeline.sources().keySet().stream()
                  .flatMap(source -> streams.events(source).stream())
                  .mapToLong(BankStreams.Seen::timeMillis)
                  .max()
                  .orElseThrow();
      for (Source source : pipeline.sources().values()) {
        List<List<IncomingRecord>> log = new ArrayList<>();
        streams.log(source.name()).forEach(each -> log.add(withEnds(each)));
        logs.put(source, log);
        topics.put(
            source, MemoryTopic.of(source.name(), log, IncomingRecord.type(source.schema()), seed));
      }
    }

    private List<IncomingRecord> withEnds(List<IncomingRecord> log) {
      List<IncomingRecord> ended =
          new ArrayList<>(log.subList(0, log.size() - BankStreams.ARRIVALS));
      for (long millis : new long[] {endMillis, BankStreams.START + HOURS}) {
        for (int arrival = 0; arrival < BankStreams.ARRIVALS; arrival++) {
          Progress progress = new Progress(arrival, BankStreams.ARRIVALS, millis, false, 0);
          ended.add(IncomingRecord.of(progress, 0, ended.size()));
        }
      }
      return ended;
    }

    /** The source as the job of a stage reads it: two in the middle, all events, everything. */
    MemoryTopic<IncomingRecord> upTo(Source source, int stage) {
      List<List<IncomingRecord>> log = Objects.requireNonNull(logs.get(source));
      int[] limits =
          log.stream()
              .mapToInt(
                  each ->
                      switch (stage) {
                        case 0 -> each.size() / 5 + random.nextInt(each.size() / 4);
                        case 1 -> each.size() / 2 + random.nextInt(each.size() / 4);
                        case 2 -> each.size() - BankStreams.ARRIVALS;
                        default -> each.size();
                      })
              .toArray();
      MemoryTopic<IncomingRecord> limited = Objects.requireNonNull(topics.get(source)).upTo(limits);
      topics.put(source, limited);
      return limited;
    }

    boolean areRead() {
      return topics.values().stream().allMatch(MemoryTopic::isRead);
    }
  }

  private JobClient start(Topics topics, int stage, @Nullable String savepoint) throws Exception {
    Configuration settings =
        FeaturesMain.settings(Duration.ofHours(1))
            .set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    if (savepoint != null) {
      settings.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
    }
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(settings);
    env.setParallelism(PARALLELISM[stage]);
    FeaturesTopology.Outputs outputs =
        new FeaturesTopology(topics.pipeline)
            .build(source -> read(env, source, topics.upTo(source, stage)));
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
  private void readAll(Topics topics) throws Exception {
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

  private static Map<String, String> rows(Topics topics) {
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
  private static Map<String, String> expected(Topics topics) {
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
    Topics topics = new Topics(aligned, new BankStreams(aligned, seed), seed);

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
    Topics topics = new Topics(pipeline, new BankStreams(pipeline, seed, "o"), seed);

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
  private static long asked(Topics topics, String field) {
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
