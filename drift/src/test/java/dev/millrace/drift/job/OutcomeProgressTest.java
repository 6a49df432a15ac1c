package dev.millrace.drift.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.topics.Progress;
import dev.millrace.schemas.topics.ProgressTracker;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

/** The progress among the outcomes. */
class OutcomeProgressTest {
  private static final int PARTITIONS = 3;

  /** What is known at the end of the test. */
  private static final long END = 1_000_000;

  private static long knownMillis(GenericRecord outcome) {
    long eventMillis = (Long) outcome.get("event_time");
    Long labelMillis = (Long) outcome.get("label_time");
    return labelMillis == null
        ? eventMillis + JoinHarness.MATURITY
        : Math.max(eventMillis, labelMillis);
  }

  /** Predictions and labels in any order that their clocks allow, and silent ones. */
  @Property(tries = 200)
  void noOutcomeThatWasKnownFollowsTheWatermarkOfTheJoin(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    List<long[]> predictions = new ArrayList<>();
    List<long[]> labels = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      long eventMillis = random.nextInt(4_000);
      predictions.add(new long[] {i, eventMillis});
      if (random.nextBoolean()) {
        long labelMillis = eventMillis - 200 + random.nextInt((int) JoinHarness.MATURITY + 400);
        labels.add(new long[] {i, Math.max(0, labelMillis)});
      }
    }
    try (JoinHarness join = new JoinHarness(0.0)) {
      while (!predictions.isEmpty() || !labels.isEmpty()) {
        List<long[]> from = random.nextBoolean() ? predictions : labels;
        if (!from.isEmpty() && random.nextInt(3) > 0) {
          long[] next = from.remove(random.nextInt(Math.min(10, from.size())));
          if (from == predictions) {
            join.prediction("p" + next[0], next[1]);
          } else {
            join.label("p" + next[0], 1, next[1]);
          }
        }
        step(join, random, oldest(predictions), oldest(labels));
      }
      join.predictionsActive().labelsActive().predictionClock(END).labelClock(END);
      checkOutput(join.output());
      assertThat(join.outcomes()).hasSize(60);
    }
  }

  private static long oldest(List<long[]> left) {
    return left.stream().mapToLong(each -> each[1]).min().orElse(4_000);
  }

  private static void step(JoinHarness join, Random random, long predictions, long labels) {
    switch (random.nextInt(6)) {
      case 0 -> join.predictionClock(predictions - 1);
      case 1 -> join.labelClock(labels - 1);
      case 2 -> join.labelsIdle();
      case 3 -> join.labelsActive();
      case 4 -> join.predictionsIdle();
      default -> join.predictionsActive();
    }
  }

  private static void checkOutput(List<Object> output) {
    long passed = Long.MIN_VALUE;
    for (Object each : output) {
      if (each instanceof Watermark watermark) {
        passed = watermark.getTimestamp();
      } else if (each instanceof StreamRecord<?> record) {
        assertThat(knownMillis((GenericRecord) record.getValue())).isGreaterThan(passed);
      }
    }
    assertThat(passed).isEqualTo(END);
  }

  @Test
  void theJoinIsIdleWhileTheInputIsThatIsBehind() throws Exception {
    try (JoinHarness join = new JoinHarness(0.0)) {
      join.predictionClock(500).labelClock(300).predictionsIdle();
      assertThat(join.output()).containsExactly(new Watermark(300));
      join.predictionsActive().labelsIdle();
      assertThat(join.output()).last().isEqualTo(WatermarkStatus.IDLE);
      join.labelsActive().labelClock(700);
      assertThat(join.output())
          .endsWith(WatermarkStatus.IDLE, WatermarkStatus.ACTIVE, new Watermark(500));
      join.labelsIdle().predictionClock(600);
      assertThat(join.output())
          .as("all labels of a replay have been read")
          .last()
          .isEqualTo(new Watermark(600));
    }
  }

  /** Tasks that make outcomes, tasks that write them, and the queues between them. */
  private static final class Tasks implements AutoCloseable {
    final List<OneInputStreamOperatorTestHarness<GenericRecord, OutcomeRecord>> clocks =
        new ArrayList<>();
    final List<OneInputStreamOperatorTestHarness<OutcomeRecord, OutcomeRecord>> writers =
        new ArrayList<>();
    final Map<List<Integer>, Queue<OutcomeRecord>> channels = new HashMap<>();
    final List<List<OutcomeRecord>> topic;
    final long[] passed;

    Tasks(int tasks, List<List<OutcomeRecord>> topic) throws Exception {
      this.topic = topic;
      this.passed = new long[tasks];
      for (int i = 0; i < tasks; i++) {
        clocks.add(
            new OneInputStreamOperatorTestHarness<>(new OutcomeClock(PARTITIONS), 128, tasks, i));
        clocks.get(i).setup(serializer());
        clocks.get(i).open();
        writers.add(new OneInputStreamOperatorTestHarness<>(new OutcomeProgress(), 128, tasks, i));
        writers.get(i).setup(serializer());
        writers.get(i).open();
        for (int to = 0; to < tasks; to++) {
          channels.put(List.of(i, to), new ArrayDeque<>());
        }
      }
    }

    private static TypeSerializer<OutcomeRecord> serializer() {
      return OutcomeRecord.type(JoinHarness.OUTCOME).createSerializer(new SerializerConfigImpl());
    }

    void send(int task) {
      for (OutcomeRecord record : clocks.get(task).extractOutputValues()) {
        int to = record.partition() % writers.size();
        Objects.requireNonNull(channels.get(List.of(task, to))).add(record);
      }
      clocks.get(task).getOutput().clear();
    }

    void deliver(List<Integer> channel) throws Exception {
      OutcomeRecord next = Objects.requireNonNull(channels.get(channel)).poll();
      if (next != null) {
        writers.get(channel.get(1)).processElement(next, 0);
      }
      write(channel.get(1));
    }

    private void write(int writer) {
      for (OutcomeRecord record : writers.get(writer).extractOutputValues()) {
        topic.get(record.partition()).add(record);
      }
      writers.get(writer).getOutput().clear();
    }

    /** Barriers pass all channels. */
    void checkpoint() throws Exception {
      for (int i = 0; i < clocks.size(); i++) {
        clocks.get(i).prepareSnapshotPreBarrier(1);
        send(i);
      }
      for (List<Integer> channel : List.copyOf(channels.keySet())) {
        while (!Objects.requireNonNull(channels.get(channel)).isEmpty()) {
          deliver(channel);
        }
      }
      for (int i = 0; i < writers.size(); i++) {
        writers.get(i).prepareSnapshotPreBarrier(1);
        write(i);
      }
    }

    @Override
    public void close() {
      for (var harness : clocks) {
        quietly(harness);
      }
      for (var harness : writers) {
        quietly(harness);
      }
    }

    private static void quietly(AutoCloseable harness) {
      try {
        harness.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static GenericRecord outcome(int number, long knownMillis) {
    return new GenericRecordBuilder(JoinHarness.OUTCOME)
        .set("event_id", "p" + number)
        .set("event_time", knownMillis)
        .set("score", 0.5)
        .set("label", 1.0)
        .set("label_time", knownMillis)
        .set("label_status", "OBSERVED")
        .build();
  }

  /** Tasks at different speeds, some of them idle; then another number of tasks. */
  @Property(tries = 150)
  void aPartitionIsAsFarAsTheSlowestTaskAtAnyParallelism(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    List<List<OutcomeRecord>> topic = new ArrayList<>();
    for (int p = 0; p < PARTITIONS; p++) {
      topic.add(new ArrayList<>());
    }
    long sinceMillis = 0;
    for (int tasks : List.of(1 + random.nextInt(4), 1 + random.nextInt(4))) {
      try (Tasks running = new Tasks(tasks, topic)) {
        run(running, sinceMillis, random);
        sinceMillis += 10_000;
        for (int i = 0; i < tasks; i++) {
          running.clocks.get(i).processWatermarkStatus(WatermarkStatus.ACTIVE);
          running.clocks.get(i).processWatermark(new Watermark(sinceMillis));
        }
        running.checkpoint();
        check(topic, sinceMillis);
      }
    }
  }

  private static void run(Tasks running, long sinceMillis, Random random) throws Exception {
    int tasks = running.clocks.size();
    List<List<Integer>> channels = List.copyOf(running.channels.keySet());
    for (int step = 0; step < 200; step++) {
      int task = random.nextInt(tasks);
      var clock = running.clocks.get(task);
      long passed = Math.max(running.passed[task], sinceMillis);
      switch (random.nextInt(8)) {
        case 0 -> running.checkpoint();
        case 1 -> {
          running.passed[task] = passed + random.nextInt(100);
          clock.processWatermark(new Watermark(running.passed[task]));
        }
        case 2 -> clock.processWatermarkStatus(WatermarkStatus.IDLE);
        case 3 -> clock.processWatermarkStatus(WatermarkStatus.ACTIVE);
        case 4, 5 -> {
          clock.processElement(outcome(random.nextInt(1_000), passed + 1 + random.nextInt(50)), 0);
          running.send(task);
        }
        default -> running.deliver(channels.get(random.nextInt(channels.size())));
      }
    }
  }

  private static void check(List<List<OutcomeRecord>> topic, long endMillis) {
    OutcomeRecord.Layout layout = new OutcomeRecord.Layout();
    for (int p = 0; p < PARTITIONS; p++) {
      ProgressTracker tracker = new ProgressTracker();
      for (OutcomeRecord record : topic.get(p)) {
        GenericRecord outcome = record.outcome();
        if (outcome == null) {
          RecordHeaders headers = new RecordHeaders();
          layout.addHeaders(record, headers);
          assertThat(Progress.isProgress(null, headers)).isTrue();
          assertThat(layout.key(record)).isEqualTo(p + "/0");
          tracker.take(Objects.requireNonNull(Progress.read(headers)));
        } else {
          assertThat(knownMillis(outcome)).isGreaterThanOrEqualTo(tracker.timeMillis());
          byte[] key = layout.key(record).getBytes(StandardCharsets.UTF_8);
          assertThat(BuiltInPartitioner.partitionForKey(key, PARTITIONS)).isEqualTo(p);
        }
      }
      assertThat(tracker.timeMillis()).isEqualTo(endMillis + 1);
      assertThat(tracker.idle()).isFalse();
    }
  }

  /** Restored tasks do not know how far they are until the first watermark. */
  @Test
  void aTaskThatIsNotKnownHoldsBackTheOthers() throws Exception {
    List<List<OutcomeRecord>> topic =
        List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    try (Tasks tasks = new Tasks(2, topic)) {
      tasks.clocks.get(0).processWatermark(new Watermark(500));
      tasks.checkpoint();
      assertThat(topic).allMatch(List::isEmpty);
      tasks.clocks.get(0).processWatermarkStatus(WatermarkStatus.IDLE);
      tasks.clocks.get(1).processWatermarkStatus(WatermarkStatus.IDLE);
      tasks.checkpoint();
      assertThat(topic)
          .allSatisfy(
              partition ->
                  assertThat(partition)
                      .extracting(OutcomeRecord::idle, OutcomeRecord::passedMillis)
                      .containsExactly(org.assertj.core.groups.Tuple.tuple(true, Long.MIN_VALUE)));
    }
  }
}
