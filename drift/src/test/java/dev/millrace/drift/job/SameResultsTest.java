package dev.millrace.drift.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.drift.Shop;
import dev.millrace.drift.ShopReferences;
import dev.millrace.drift.job.QualityShop.Scored;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.testing.flink.MemoryTopic;
import dev.millrace.schemas.topics.Progress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same predictions and labels in topics of 1, 8 and 64 partitions, read by one and by two
 * tasks, and with a task manager that ends without notice: reports, quality reports, outcomes,
 * alerts and triggers are equal to the last bit. The features drift, and the labels become wrong.
 */
class SameResultsTest {
  private static final int WINDOWS = 24;
  private static final int PREDICTIONS = 200;
  private static final int DRIFT_BEGINS = 8;
  private static final int ERRORS_BEGIN = 17;

  /** The windows, and one after all labels are known: its report comes after all alerts. */
  private static final int[] NUMBERS =
      IntStream.concat(IntStream.range(0, WINDOWS), IntStream.of(2 * WINDOWS)).toArray();

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(2)
              .setNumberSlotsPerTaskManager(2)
              .build());

  private record Topics(
      List<List<IncomingRecord>> predictions, List<List<IncomingRecord>> refunds) {}

  /** Out of order within an eighth of a window, in another order for each number of partitions. */
  private static Topics topics(int partitions) {
    Random random = new Random(partitions);
    Topics topics = new Topics(empty(partitions), empty(partitions));
    TreeMap<Long, List<GenericRecord>> refunds = new TreeMap<>();
    for (int window : NUMBERS) {
      List<Scored> scored =
          new ArrayList<>(
              QualityShop.withShadow(
                  QualityShop.window(
                      window,
                      PREDICTIONS,
                      window < ERRORS_BEGIN ? 0 : 0.4,
                      window < DRIFT_BEGINS ? 0 : 0.9),
                  0.2,
                  0.1));
      scored.stream()
          .filter(Scored::refunded)
          .forEach(
              each -> {
                long at = (Long) each.prediction().get("event_time") + each.id().length() * 97L;
                refunds
                    .computeIfAbsent(at, time -> new ArrayList<>())
                    .add(Shop.refund(each.id(), at));
              });
      for (int part = 0; part < 8; part++) {
        List<Scored> some =
            new ArrayList<>(scored.subList(PREDICTIONS * part / 8, PREDICTIONS * (part + 1) / 8));
        Collections.shuffle(some, random);
        some.forEach(each -> add(topics.predictions, each.prediction(), each.id(), "event_time"));
        progress(topics.predictions, window * Shop.WINDOW + Shop.WINDOW * (part + 1) / 8);
      }
    }
    refunds.forEach(
        (at, each) -> {
          each.forEach(
              refund -> add(topics.refunds, refund, refund.get("order_id").toString(), "at"));
          progress(topics.refunds, at);
        });
    progress(topics.predictions, 4 * WINDOWS * Shop.WINDOW);
    progress(topics.refunds, 4 * WINDOWS * Shop.WINDOW);
    return topics;
  }

  private static List<List<IncomingRecord>> empty(int partitions) {
    return Stream.<List<IncomingRecord>>generate(ArrayList::new).limit(partitions).toList();
  }

  private static void add(
      List<List<IncomingRecord>> to, GenericRecord event, String key, String time) {
    int partition = Math.floorMod(key.hashCode(), to.size());
    List<IncomingRecord> log = to.get(partition);
    log.add(IncomingRecord.of(event, (Long) event.get(time), partition, log.size()));
  }

  private static void progress(List<List<IncomingRecord>> to, long millis) {
    for (int partition = 0; partition < to.size(); partition++) {
      List<IncomingRecord> log = to.get(partition);
      log.add(IncomingRecord.of(new Progress(0, 1, millis, false, 0), partition, log.size()));
    }
  }

  private static Map<String, List<String>> run(int partitions, int parallelism) throws Exception {
    Topics topics = topics(partitions);
    MemoryEnds.clear();
    MemoryTopic<IncomingRecord> scored = predictions(topics);
    MemoryTopic<IncomingRecord> refunds = refunds(topics);
    MemoryEnds ends = new MemoryEnds(schema -> scored, schema -> refunds);
    JobClient job = start(ends, partitions, parallelism, new Configuration());
    awaitAll(ends);
    job.cancel().get();
    return written(ends);
  }

  private static MemoryTopic<IncomingRecord> predictions(Topics topics) {
    return MemoryTopic.of(
        "predictions", topics.predictions, IncomingRecord.type(QualityShop.PREDICTION), 1);
  }

  private static MemoryTopic<IncomingRecord> refunds(Topics topics) {
    return MemoryTopic.of("refunds", topics.refunds, IncomingRecord.type(Shop.REFUND), 2);
  }

  private static JobClient start(
      MemoryEnds ends, int partitions, int parallelism, Configuration settings) throws Exception {
    settings.set(PipelineOptions.GENERIC_TYPES, false);
    settings.set(PipelineOptions.OBJECT_REUSE, true);
    settings.set(PipelineOptions.MAX_PARALLELISM, 128);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(settings);
    env.setParallelism(parallelism);
    DriftJob job = new DriftJob(QualityShop.pipeline(partitions), ends);
    assertThat(job.addTo(env, ShopReferences.referenceSet(), QualityShop.training())).isTrue();
    return env.executeAsync();
  }

  /**
   * Each window has a report, and of champion and shadow one estimated and one measured for all and
   * for each slice.
   */
  private static void awaitAll(MemoryEnds ends) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                distinct(ends, "outcomes").size() >= NUMBERS.length * PREDICTIONS
                    && distinct(ends, "reports").size() >= NUMBERS.length
                    && distinct(ends, "quality-reports").size() >= NUMBERS.length * 2 * 2 * 4);
  }

  /** What has been written; after a failure a record may be written again, unchanged. */
  private static List<String> distinct(MemoryEnds ends, String sink) {
    return ends.written(sink).stream()
        .map(SameResultsTest::timeless)
        .distinct()
        .sorted(Comparator.naturalOrder())
        .toList();
  }

  private static String timeless(Object written) {
    if (written instanceof Alert alert) {
      return TopologyTest.timeless(alert);
    }
    return written instanceof RetrainingTrigger trigger
        ? TopologyTest.timeless(trigger)
        : written.toString();
  }

  private static Map<String, List<String>> written(MemoryEnds ends) {
    Map<String, List<String>> written = new TreeMap<>();
    Stream.of("outcomes", "reports", "quality-reports", "alerts", "triggers", "dead-letters")
        .forEach(sink -> written.put(sink, distinct(ends, sink)));
    return written;
  }

  @Test
  void partitionsAndTasksDoNotMatter() throws Exception {
    Map<String, List<String>> expected = run(1, 1);

    assertThat(expected.get("reports"))
        .hasSize(NUMBERS.length)
        .anyMatch(each -> each.contains("DRIFT"));
    assertThat(expected.get("alerts")).anyMatch(each -> each.contains("concept-drift"));
    assertThat(expected.get("triggers")).isNotEmpty();
    assertThat(expected.get("quality-reports")).anyMatch(each -> each.contains("only_shadow"));
    assertThat(expected.get("reports")).anyMatch(each -> each.contains("AWAITING_LABELS"));
    assertThat(expected.get("dead-letters")).isEmpty();
    for (int partitions : new int[] {1, 8, 64}) {
      for (int parallelism : new int[] {1, 2}) {
        assertEqual(run(partitions, parallelism), expected);
      }
    }
  }

  @Test
  void aTaskManagerThatEndsWithoutNoticeDoesNotMatter(
      @InjectMiniCluster MiniCluster cluster, @TempDir Path checkpoints) throws Exception {
    Map<String, List<String>> expected = run(8, 2);

    Topics topics = topics(8);
    MemoryEnds.clear();
    MemoryTopic<IncomingRecord> scored = predictions(topics).upTo(half(topics.predictions));
    MemoryTopic<IncomingRecord> refunds = refunds(topics).upTo(half(topics.refunds));
    MemoryEnds ends = new MemoryEnds(schema -> scored, schema -> refunds);
    Configuration settings = new Configuration();
    settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(100));
    settings.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints.toUri().toString());
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(10));
    settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 100);
    JobClient job = start(ends, 8, 2, settings);
    await().atMost(PATIENCE).until(() -> scored.isRead() && refunds.isRead());
    cluster.terminateTaskManager(0).get();
    scored.readOn();
    refunds.readOn();
    awaitAll(ends);
    job.cancel().get();

    assertEqual(written(ends), expected);
  }

  private static void assertEqual(
      Map<String, List<String>> written, Map<String, List<String>> expected) {
    expected.forEach(
        (sink, records) -> {
          List<String> others = new ArrayList<>(written.get(sink));
          others.removeAll(records);
          assertThat(others).as(sink).isEmpty();
          assertThat(written.get(sink)).as(sink).hasSameSizeAs(records);
        });
  }

  private static int[] half(List<List<IncomingRecord>> log) {
    return IntStream.range(0, log.size()).map(i -> log.get(i).size() / 2).toArray();
  }
}
