package dev.millrace.drift.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.labels.JoinResult;
import dev.millrace.drift.labels.Label;
import dev.millrace.drift.labels.LabelJoin;
import dev.millrace.drift.labels.OutcomeBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.formats.avro.typeutils.GenericRecordAvroTypeInfo;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The join with its own timers, at two parallelisms and restored several times, makes the same
 * outcomes at the same time and the same counts as one with Flink's timers that never stops.
 */
class LabelJoinTwinTest {
  private static final int KEY_GROUPS = 8;
  private static final Duration MATURITY = Duration.ofMinutes(5);
  private static final int STEPS = 1_200;

  private static final class Task implements AutoCloseable {
    final TwoInputStreamOperator<GenericRecord, Label, GenericRecord> operator;
    final KeyedTwoInputStreamOperatorTestHarness<String, GenericRecord, Label, GenericRecord>
        harness;

    Task(
        TwoInputStreamOperator<GenericRecord, Label, GenericRecord> operator,
        StateBackend backend,
        @Nullable OperatorSubtaskState state,
        int tasks,
        int index)
        throws Exception {
      this.operator = operator;
      harness =
          new KeyedTwoInputStreamOperatorTestHarness<>(
              operator,
              prediction -> prediction.get("event_id").toString(),
              Label::eventId,
              Types.STRING,
              KEY_GROUPS,
              tasks,
              index);
      harness.setStateBackend(backend);
      harness.setup(
          new GenericRecordAvroTypeInfo(JoinHarness.OUTCOME)
              .createSerializer(new SerializerConfigImpl()));
      if (state != null) {
        harness.initializeState(state);
      }
      harness.open();
    }

    List<String> drain() {
      List<String> outcomes =
          harness.extractOutputValues().stream().map(GenericRecord::toString).toList();
      harness.getOutput().clear();
      return outcomes;
    }

    @Override
    public void close() {
      try {
        harness.close();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
  }

  private final Map<JoinResult, Long> counts = new EnumMap<>(JoinResult.class);
  private final List<Task> tasks = new ArrayList<>();
  private long predictionsMillis = Long.MIN_VALUE;

  private static LabelJoin join() {
    return new LabelJoin(new OutcomeBuilder(JoinHarness.OUTCOME), MATURITY, 0.0);
  }

  private void start(int parallelism, @Nullable OperatorSubtaskState state, int before)
      throws Exception {
    for (int i = 0; i < parallelism; i++) {
      OperatorSubtaskState own =
          state == null
              ? null
              : AbstractStreamOperatorTestHarness.repartitionOperatorState(
                  state, KEY_GROUPS, before, parallelism, i);
      tasks.add(
          new Task(
              new LabelJoinOperator(
                  "shop", JoinHarness.PREDICTION, join(), Duration.ofDays(1), null),
              new EmbeddedRocksDBStateBackend(),
              own,
              parallelism,
              i));
    }
  }

  private OperatorSubtaskState stop() throws Exception {
    OperatorSubtaskState[] states = new OperatorSubtaskState[tasks.size()];
    for (int i = 0; i < states.length; i++) {
      states[i] = tasks.get(i).harness.snapshot(1, 1);
    }
    for (Task task : tasks) {
      for (JoinResult result : JoinResult.values()) {
        counts.merge(result, ((LabelJoinOperator) task.operator).count(result), Long::sum);
      }
      task.close();
    }
    tasks.clear();
    return AbstractStreamOperatorTestHarness.repackageState(states);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void equalsAJoinWithTimersOfFlink(long seed) throws Exception {
    Random random = new Random(seed);
    TimerServiceJoin twin = new TimerServiceJoin(JoinHarness.PREDICTION, join());
    try (Task simple = new Task(twin, new HashMapStateBackend(), null, 1, 0)) {
      start(2, null, 0);
      long nowMillis = 0;
      for (int step = 0; step < STEPS; step++) {
        nowMillis += random.nextInt(5_000);
        String id = "e" + (step / 20 * 10 + random.nextInt(30));
        long timeMillis = Math.max(0, nowMillis - random.nextInt(400_000));
        if (step % 200 == 199) {
          restart(1 + random.nextInt(2));
        }
        switch (random.nextInt(20)) {
          case 0, 1 -> watermark(simple, nowMillis - random.nextInt(120_000), true, false);
          case 2, 3 -> watermark(simple, nowMillis - random.nextInt(120_000), false, true);
          case 4, 5, 6, 7, 8, 9, 10 -> label(simple, new Label(id, random.nextInt(2), timeMillis));
          default -> prediction(simple, id, timeMillis);
        }
        compare(simple);
      }
      watermark(simple, Long.MAX_VALUE - 1, true, true);
      compare(simple);
      stop();
      twin.counts.forEach((result, count) -> assertThat(counts).containsEntry(result, count));
      assertThat(twin.counts).hasSizeGreaterThanOrEqualTo(7);
    } finally {
      for (Task task : tasks) {
        task.close();
      }
    }
  }

  /** The state contains the watermark of labels; that of predictions is sent again. */
  private void restart(int parallelism) throws Exception {
    int before = tasks.size();
    start(parallelism, stop(), before);
    for (Task task : tasks) {
      task.harness.processWatermark1(new Watermark(predictionsMillis));
    }
  }

  private void compare(Task simple) {
    List<String> outcomes = new ArrayList<>();
    tasks.forEach(task -> outcomes.addAll(task.drain()));
    assertThat(outcomes).containsExactlyInAnyOrderElementsOf(simple.drain());
  }

  private void watermark(Task simple, long millis, boolean predictions, boolean labels)
      throws Exception {
    predictionsMillis = predictions ? Math.max(predictionsMillis, millis) : predictionsMillis;
    List<Task> all = new ArrayList<>(tasks);
    all.add(simple);
    for (Task task : all) {
      if (predictions) {
        task.harness.processWatermark1(new Watermark(millis));
      }
      if (labels) {
        task.harness.processWatermark2(new Watermark(millis));
      }
    }
  }

  private void label(Task simple, Label label) throws Exception {
    simple.harness.processElement2(label, 0);
    of(label.eventId()).harness.processElement2(label, 0);
  }

  private void prediction(Task simple, String id, long timeMillis) throws Exception {
    GenericRecord prediction =
        new GenericRecordBuilder(JoinHarness.PREDICTION)
            .set("event_id", id)
            .set("event_time", timeMillis)
            .set("score", 0.5)
            .set("threshold", 0.25)
            .set("role_reason", "champion")
            .build();
    simple.harness.processElement1(prediction, 0);
    of(id).harness.processElement1(prediction, 0);
  }

  private Task of(String id) {
    int task = KeyGroupRangeAssignment.assignKeyToParallelOperator(id, KEY_GROUPS, tasks.size());
    return tasks.get(task);
  }
}
