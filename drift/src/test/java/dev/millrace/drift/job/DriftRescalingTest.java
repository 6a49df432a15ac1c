package dev.millrace.drift.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.drift.Shop;
import dev.millrace.drift.ShopReferences;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.testing.flink.MemoryTopic;
import dev.millrace.schemas.topics.Progress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The job on a mini cluster, stopped with savepoints and restored with other parallelisms, while
 * predictions wait for labels, labels for predictions, and windows are open: the same outcomes,
 * reports, alerts and triggers as without a stop.
 */
class DriftRescalingTest {
  private static final int WINDOWS = 12;
  private static final int PREDICTIONS = 300;
  private static final int DRIFT_BEGINS = 4;

  /** Of all predictions, and of three slices. */
  private static final int REPORTS = 4 * WINDOWS;

  private static final int PARTITIONS = 4;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @RegisterExtension static final MiniClusterExtension CLUSTER = TestCluster.withSlots(4);

  private final Path savepoints;
  private final Random random = new Random(17);
  private final List<List<IncomingRecord>> predictions = partitions();
  private final List<List<IncomingRecord>> refunds = partitions();

  DriftRescalingTest(@TempDir Path savepoints) {
    this.savepoints = savepoints;
  }

  private static List<List<IncomingRecord>> partitions() {
    return Stream.<List<IncomingRecord>>generate(ArrayList::new).limit(PARTITIONS).toList();
  }

  /**
   * Events out of order within half a window, with the progress of their partitions behind them.
   * Every fifth prediction has a refund: within its window, up to four windows later, or twice.
   */
  private void write() {
    TreeMap<Long, List<GenericRecord>> labels = new TreeMap<>();
    for (int window = 0; window < WINDOWS; window++) {
      long start = window * Shop.WINDOW;
      List<GenericRecord> scored =
          new ArrayList<>(Shop.window(start, PREDICTIONS, window < DRIFT_BEGINS ? 0 : 0.9));
      for (int i = 0; i < scored.size(); i += 5) {
        String id = String.valueOf(scored.get(i).get("event_id"));
        for (int times = 1 + random.nextInt(2); times > 0; times--) {
          long at = (Long) scored.get(i).get("event_time") + random.nextInt(4 * (int) Shop.WINDOW);
          labels.computeIfAbsent(at, time -> new ArrayList<>()).add(Shop.refund(id, at));
        }
      }
      half(scored.subList(0, PREDICTIONS / 2), start);
      half(scored.subList(PREDICTIONS / 2, PREDICTIONS), start + Shop.WINDOW / 2);
    }
    labels
        .values()
        .forEach(
            each ->
                each.forEach(
                    refund -> add(refunds, refund, String.valueOf(refund.get("order_id")), "at")));
    progress(predictions, 4 * WINDOWS * Shop.WINDOW);
    progress(refunds, 4 * WINDOWS * Shop.WINDOW);
  }

  private void half(List<GenericRecord> scored, long startMillis) {
    Collections.shuffle(scored, random);
    scored.forEach(
        each -> add(predictions, each, String.valueOf(each.get("event_id")), "event_time"));
    progress(predictions, startMillis + Shop.WINDOW / 2);
  }

  private static void add(
      List<List<IncomingRecord>> to, GenericRecord event, String key, String time) {
    int partition = Math.floorMod(key.hashCode(), PARTITIONS);
    List<IncomingRecord> log = to.get(partition);
    long millis = (Long) event.get(time);
    if (time.equals("at") && log.size() % 10 == 9) {
      log.add(progress(millis, partition, log.size()));
    }
    log.add(IncomingRecord.of(event, millis, partition, log.size()));
  }

  private static void progress(List<List<IncomingRecord>> to, long millis) {
    for (int partition = 0; partition < PARTITIONS; partition++) {
      to.get(partition).add(progress(millis, partition, to.get(partition).size()));
    }
  }

  private static IncomingRecord progress(long millis, int partition, long offset) {
    return IncomingRecord.of(new Progress(0, 1, millis, false, 0), partition, offset);
  }

  /** Reads the topics in several jobs; the last one reads them to their end. */
  private List<List<String>> run(int... parallelism) throws Exception {
    MemoryEnds.clear();
    MemoryTopic<IncomingRecord> scored =
        MemoryTopic.of("predictions", predictions, IncomingRecord.type(Shop.PREDICTION), 1);
    MemoryTopic<IncomingRecord> labels =
        MemoryTopic.of("refunds", refunds, IncomingRecord.type(Shop.REFUND), 2);
    String savepoint = null;
    MemoryEnds ends = null;
    for (int stage = 1; stage <= parallelism.length; stage++) {
      boolean last = stage == parallelism.length;
      MemoryTopic<IncomingRecord> scoredPart = last ? scored : part(scored, predictions, stage, 4);
      // Labels are read more slowly, so that some predictions wait and some labels are first.
      MemoryTopic<IncomingRecord> labelsPart = last ? labels : part(labels, refunds, stage, 5);
      ends = new MemoryEnds(schema -> scoredPart, schema -> labelsPart);
      JobClient job = start(ends, parallelism[stage - 1], savepoint);
      await().atMost(PATIENCE).until(() -> scoredPart.isRead() && labelsPart.isRead());
      if (last) {
        awaitAll(ends);
      }
      savepoint = stop(job);
    }
    return written(Objects.requireNonNull(ends));
  }

  private static void awaitAll(MemoryEnds ends) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                ends.written("outcomes").size() >= WINDOWS * PREDICTIONS
                    && ends.written("reports").size() >= REPORTS);
  }

  private MemoryTopic<IncomingRecord> part(
      MemoryTopic<IncomingRecord> topic, List<List<IncomingRecord>> log, int stage, int parts) {
    return topic.upTo(
        log.stream().mapToInt(each -> each.size() * stage / parts + random.nextInt(20)).toArray());
  }

  private static JobClient start(MemoryEnds ends, int parallelism, @Nullable String savepoint)
      throws Exception {
    Configuration settings = new Configuration();
    settings.set(PipelineOptions.GENERIC_TYPES, false);
    settings.set(PipelineOptions.OBJECT_REUSE, true);
    settings.set(PipelineOptions.MAX_PARALLELISM, 128);
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    if (savepoint != null) {
      settings.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
    }
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(settings);
    env.setParallelism(parallelism);
    assertThat(new DriftJob(Shop.pipeline(), ends).addTo(env, ShopReferences.slicedReferenceSet()))
        .isTrue();
    return env.executeAsync();
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

  /** Outcomes; reports, alerts and triggers, without those that a restart has repeated. */
  private static List<List<String>> written(MemoryEnds ends) {
    return List.of(
        ends.written("outcomes").stream().map(Object::toString).sorted().toList(),
        ends.written("reports").stream().map(Object::toString).distinct().sorted().toList(),
        ends.written("alerts").stream()
            .map(alert -> TopologyTest.timeless((Alert) alert))
            .distinct()
            .sorted()
            .toList(),
        ends.written("triggers").stream()
            .map(trigger -> TopologyTest.timeless((RetrainingTrigger) trigger))
            .distinct()
            .sorted()
            .toList(),
        ends.written("dead-letters").stream().map(Object::toString).toList());
  }

  @Test
  void resultsAreThoseOfAnUninterruptedRun() throws Exception {
    write();

    List<List<String>> expected = run(2);
    List<List<String>> rescaled = run(1, 3, 2);

    assertThat(expected.get(0)).hasSize(WINDOWS * PREDICTIONS);
    assertThat(expected.get(0)).anyMatch(outcome -> outcome.contains("OBSERVED"));
    assertThat(expected.get(1)).hasSize(REPORTS);
    assertThat(expected.get(1)).anyMatch(report -> report.contains("channel=phone"));
    assertThat(expected.get(2)).hasSize(1);
    assertThat(expected.get(3)).hasSize(1);
    assertThat(expected.get(4)).isEmpty();
    for (int i = 0; i < expected.size(); i++) {
      assertThat(rescaled.get(i)).isEqualTo(expected.get(i));
    }
  }

  /** What it has published since its last checkpoint is published again, and nothing else is. */
  @Test
  void aJobThatIsKilledAfterItsAlertAndTriggerRepeatsThem() throws Exception {
    write();
    List<List<String>> expected = run(2);
    MemoryEnds.clear();
    MemoryTopic<IncomingRecord> scored =
        MemoryTopic.of("predictions", predictions, IncomingRecord.type(Shop.PREDICTION), 1);
    MemoryTopic<IncomingRecord> labels =
        MemoryTopic.of("refunds", refunds, IncomingRecord.type(Shop.REFUND), 2);
    MemoryTopic<IncomingRecord> scoredPart = part(scored, predictions, 1, 4);
    MemoryTopic<IncomingRecord> labelsPart = part(labels, refunds, 1, 5);
    MemoryEnds ends = new MemoryEnds(schema -> scoredPart, schema -> labelsPart);
    JobClient first = start(ends, 2, null);
    await().atMost(PATIENCE).until(() -> scoredPart.isRead() && labelsPart.isRead());
    String savepoint = stop(first);
    int reported = ends.written("reports").size();
    assertThat(ends.written("alerts")).isEmpty();

    for (int run = 1; run <= 2; run++) { // Both start from the savepoint: the first was killed.
      int all = reported + run * (REPORTS - reported);
      int runs = run;
      JobClient job = start(new MemoryEnds(schema -> scored, schema -> labels), run, savepoint);
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  ends.written("reports").size() >= all && ends.written("triggers").size() >= runs);
      job.cancel().get();
    }

    List<List<String>> written = written(ends);
    assertThat(ends.written("triggers")).hasSize(2);
    assertThat(written.subList(1, 4)).isEqualTo(expected.subList(1, 4));
  }
}
