package dev.millrace.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.features.BankStreams.Seen;
import dev.millrace.features.generation.GenerationRecords;
import dev.millrace.features.generation.StartingPoint;
import dev.millrace.features.generation.StartingPoints;
import dev.millrace.features.operator.FeedRow;
import dev.millrace.features.source.EventOrder;
import dev.millrace.features.source.Question;
import dev.millrace.features.source.Question.Part;
import dev.millrace.features.view.Backfill;
import dev.millrace.schemas.avro.FeatureGeneration;
import dev.millrace.schemas.flink.job.Checkpoint;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.pipeline.Generation;
import dev.millrace.schemas.pipeline.Lookup;
import dev.millrace.schemas.pipeline.Pipeline;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A pipeline is replaced by another one while events go on: views unchanged, changed, new and
 * removed, of the scored source and of another. The job stops and starts between the generations,
 * in the middle of the backfill, and after it.
 */
class EvolutionTest {
  private static final Pipeline BEFORE = Cards.load("evolving.yaml");
  private static final Pipeline AFTER = Cards.load("evolved.yaml");
  private static final List<String> BACKFILLED = List.of("fresh", "session", "spent");

  @RegisterExtension static final MiniClusterExtension CLUSTER = TestCluster.extension();

  private final Map<String, FeatureGeneration> records = new HashMap<>();
  private final Map<String, Seen> scored = new HashMap<>();
  private final Path directory;

  @SuppressWarnings("NullAway.Init")
  private MiniCluster cluster;

  private BankStreams streams = new BankStreams(BEFORE, 0);
  private BankOracle oracle = new BankOracle(AFTER, streams);

  EvolutionTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void anUnchangedViewGoesOnAndAChangedOneIsComplete(
      long seed, @InjectMiniCluster MiniCluster miniCluster) throws Exception {
    cluster = miniCluster;
    streams = new BankStreams(BEFORE, seed);
    oracle = new BankOracle(AFTER, streams);
    for (String source : BEFORE.sources().keySet()) {
      LogSource.LOGS.put(source, streams.log(source));
    }
    for (Seen event : streams.events("transfers")) {
      scored.put(String.valueOf(event.value().get("id")), event);
    }
    Checkpoint before = generationBefore(seed);
    StartingPoint start = start(AFTER, null, before, share(60));
    assertThat(start.plan().order()).startsWith("account", "steady").hasSize(5);
    assertThat(start.plan().backfills()).containsOnlyKeys(BACKFILLED);

    Checkpoint middle = untilTheMiddleOfTheBackfill(seed, start, before);
    assertThatThrownBy(() -> start(BEFORE, null, middle, share(70)))
        .hasMessageContaining("was backfilling");
    StartingPoint same = start(AFTER, middle, null, share(70));
    assertThat(same.plan()).isEqualTo(start.plan());

    List<Question> answered = new ArrayList<>();
    Checkpoint after = untilTheBackfillHasEnded(seed, same, answered);
    assertThat(start(BEFORE, null, after, share(90)).plan().backfills())
        .containsOnlyKeys("gone", "session", "spent");

    afterTheBackfill(seed, start(AFTER, after, null, share(90)), answered);
    assertThat(ids(answered)).containsExactlyInAnyOrderElementsOf(asked(share(40), share(100)));
  }

  private Checkpoint generationBefore(long seed) throws Exception {
    StartingPoint first = start(BEFORE, null, null, Map.of());
    assertThat(first.plan().backfills()).isEmpty();
    EvolvingJob job = new EvolvingJob("before" + seed, BEFORE, first.plan(), null);
    allow(job, share(40));
    awaitRead(job, share(40));
    Checkpoint checkpoint = job.stop(cluster, directory);
    assertThat(ids(job.vectors())).containsExactlyInAnyOrderElementsOf(asked(share(0), share(40)));
    job.vectors().forEach(vector -> assertUnchanged(vector, BEFORE));
    return checkpoint;
  }

  /** All questions wait, and no row of a view that is backfilled is written. */
  private Checkpoint untilTheMiddleOfTheBackfill(
      long seed, StartingPoint start, Checkpoint restored) throws Exception {
    EvolvingJob job = new EvolvingJob("middle" + seed, AFTER, start.plan(), restored);
    allow(job, share(70));
    allowBackfill(job, share(20));
    awaitRead(job, share(70));
    awaitBackfill(job, share(20));
    Checkpoint checkpoint = job.stop(cluster, directory);
    assertThat(job.vectors()).isEmpty();
    BACKFILLED.forEach(view -> assertThat(job.rows(view)).isEmpty());
    return checkpoint;
  }

  private Checkpoint untilTheBackfillHasEnded(
      long seed, StartingPoint start, List<Question> answered) throws Exception {
    EvolvingJob job = new EvolvingJob("end" + seed, AFTER, start.plan(), start.checkpoint());
    allow(job, share(70));
    allowBackfill(job, share(100));
    int waiting = asked(share(40), share(70)).size();
    job.awaitVectors(waiting);
    assertThat(job.vectors()).hasSize(waiting);
    job.vectors().forEach(this::assertReleased);
    assertRows(job);
    allow(job, share(90));
    awaitRead(job, share(90));
    job.awaitBackfillFinished(cluster);
    Checkpoint checkpoint = job.stop(cluster, directory);
    job.vectors().stream().skip(waiting).forEach(this::assertLive);
    answered.addAll(job.vectors());
    return checkpoint;
  }

  /** The sources of the backfill are restored as finished, so no question waits. */
  private void afterTheBackfill(long seed, StartingPoint start, List<Question> answered)
      throws Exception {
    EvolvingJob job = new EvolvingJob("after" + seed, AFTER, start.plan(), start.checkpoint());
    allow(job, share(100));
    job.awaitVectors(asked(share(90), share(100)).size());
    job.stop(cluster, directory);
    job.vectors().forEach(this::assertLive);
    answered.addAll(job.vectors());
  }

  private StartingPoint start(
      Pipeline pipeline,
      @Nullable Checkpoint own,
      @Nullable Checkpoint savepoint,
      Map<String, List<Integer>> ends) {
    Map<String, Backfill> boundaries = new HashMap<>();
    pipeline
        .features()
        .forEach(
            (name, view) ->
                boundaries.put(
                    name,
                    new Backfill(
                        ends.getOrDefault(view.from(), List.of()).stream()
                            .map(Integer::longValue)
                            .toList(),
                        null)));
    StartingPoint start =
        new StartingPoints(pipeline, records, () -> boundaries, JobOperators.INSTANCE)
            .find(own, savepoint, Map.of());
    if (!records.containsKey(Generation.of(pipeline))) {
      FeatureGeneration record = GenerationRecords.record(pipeline, start, null, Instant.EPOCH);
      assertThat(GenerationRecords.plan(record)).isEqualTo(start.plan());
      records.put(record.getGeneration(), record);
    }
    return start;
  }

  /**
   * As in a job that reads from the beginning: the events before it in its partition, since the
   * lookup is the first and keyed as the partitions. Other lookups get questions in another order.
   */
  private void assertUnchanged(Question vector, Pipeline pipeline) {
    Seen event = question(vector);
    assertThat(part(vector, pipeline, "account"))
        .as(vector.eventId())
        .isEqualTo(oracle.part(lookup("account"), event, other -> other.order() <= event.order()));
    assertThat(count(part(vector, pipeline, "steady")))
        .isLessThanOrEqualTo(count(oracle.part(lookup("steady"), event, other -> true)));
  }

  /** A question that waited is answered from all events that were read until then. */
  private void assertReleased(Question vector) {
    Seen event = question(vector);
    assertUnchanged(vector, AFTER);
    for (String view : BACKFILLED) {
      assertThat(part(vector, AFTER, view))
          .as(view + " of " + vector.eventId())
          .isEqualTo(oracle.part(lookup(view), event, read(share(70), view)));
    }
    assertThat(count(part(vector, AFTER, "steady")))
        .isGreaterThanOrEqualTo(
            count(oracle.part(lookup("steady"), event, read(share(40), "steady"))));
  }

  /** A question after the backfill is answered from the events that were read before it. */
  private void assertLive(Question vector) {
    Seen event = question(vector);
    assertUnchanged(vector, AFTER);
    for (String view : List.of("fresh", "session", "spent", "steady")) {
      assertThat(count(part(vector, AFTER, view)))
          .as(view + " of " + vector.eventId())
          .isBetween(
              count(oracle.part(lookup(view), event, read(share(70), view))),
              count(oracle.part(lookup(view), event, other -> true)));
    }
  }

  /** Each account has a row, which counts the events of the backfill. */
  private void assertRows(EvolvingJob job) {
    await().until(() -> job.rows("session").size() >= 3);
    for (FeedRow row : job.rows("session")) {
      if (row.features() != null) {
        assertThat(row.newestMillis() + " " + Arrays.toString(row.features()))
            .isEqualTo(
                oracle.row(
                    lookup("session").view(),
                    row.entity(),
                    row.asOfMillis(),
                    read(share(70), "session")));
      }
    }
  }

  private Predicate<Seen> read(Map<String, List<Integer>> positions, String view) {
    List<Integer> limits = Objects.requireNonNull(positions.get(lookup(view).view().from()));
    return event -> {
      for (int partition = 0; partition < limits.size(); partition++) {
        long first = EventOrder.of(partition, 0, false);
        if (event.order() >= first && event.order() < first + limits.get(partition)) {
          return true;
        }
      }
      return false;
    };
  }

  private Seen question(Question vector) {
    return Objects.requireNonNull(scored.get(vector.eventId()));
  }

  private static Lookup lookup(String name) {
    return Objects.requireNonNull(AFTER.lookups().get(name));
  }

  private static String part(Question vector, Pipeline pipeline, String lookup) {
    int index = List.copyOf(pipeline.lookups().keySet()).indexOf(lookup);
    Part part = vector.parts()[index];
    return part == null ? "null" : part.newestMillis() + " " + Arrays.toString(part.features());
  }

  /** The first feature of an answer, a count; 0 without an answer. */
  private static long count(String part) {
    return part.equals("null")
        ? 0
        : Long.parseLong(part.substring(part.indexOf('[') + 1).split("[,\\]]", 2)[0]);
  }

  private static List<String> ids(List<Question> vectors) {
    return vectors.stream().map(Question::eventId).toList();
  }

  /** The ids of the scored events between two positions. */
  private List<String> asked(Map<String, List<Integer>> from, Map<String, List<Integer>> to) {
    Predicate<Seen> before = read(from, "spent");
    Predicate<Seen> until = read(to, "spent");
    return streams.events("transfers").stream()
        .filter(event -> until.test(event) && !before.test(event))
        .map(event -> String.valueOf(event.value().get("id")))
        .toList();
  }

  /** Positions in the partitions of each source, at a part of their records. */
  private Map<String, List<Integer>> share(int percent) {
    Map<String, List<Integer>> positions = new HashMap<>();
    for (String source : BEFORE.sources().keySet()) {
      List<List<IncomingRecord>> log = streams.log(source);
      positions.put(source, log.stream().map(each -> each.size() * percent / 100).toList());
    }
    return positions;
  }

  private static void allow(EvolvingJob job, Map<String, List<Integer>> positions) {
    positions.forEach(job::allow);
  }

  private static void awaitRead(EvolvingJob job, Map<String, List<Integer>> positions) {
    positions.forEach(job::awaitRead);
  }

  private static void allowBackfill(EvolvingJob job, Map<String, List<Integer>> positions) {
    for (String view : BACKFILLED) {
      String source = lookup(view).view().from();
      job.allow(view + "-backfill", Objects.requireNonNull(positions.get(source)));
    }
  }

  private static void awaitBackfill(EvolvingJob job, Map<String, List<Integer>> positions) {
    for (String view : BACKFILLED) {
      String source = lookup(view).view().from();
      job.awaitRead(view + "-backfill", Objects.requireNonNull(positions.get(source)));
    }
  }
}
