package dev.millrace.drift.job;

import dev.millrace.drift.coverage.CoverageCounts;
import dev.millrace.drift.coverage.CoverageUpdate;
import dev.millrace.drift.labels.JoinClocks;
import dev.millrace.drift.labels.JoinResult;
import dev.millrace.drift.window.PredictionExtractor;
import dev.millrace.drift.window.TumblingWindows;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.util.OutputTag;

/**
 * Counts what the join decides, by window and model version, in the memory of its task. All counts
 * are sent before each checkpoint, so that it needs no state.
 */
final class CoverageCounter {
  /** Side output of the label join. */
  static final OutputTag<CoverageUpdate> OUTPUT =
      new OutputTag<>("label-coverage", TypeInformation.of(CoverageUpdate.class));

  private record Key(long startMillis, String modelVersion) {}

  private final TumblingWindows windows;
  private final TaskInfo task;
  private final Consumer<CoverageUpdate> output;
  private final Map<Key, CoverageCounts> counts = new HashMap<>();
  private long maturedMillis = Long.MIN_VALUE;
  private long stalledMillis = Long.MIN_VALUE;

  CoverageCounter(TumblingWindows windows, TaskInfo task, Consumer<CoverageUpdate> output) {
    this.windows = windows;
    this.task = task;
    this.output = output;
  }

  void taken(GenericRecord prediction) {
    add(prediction, CoverageCounts.ONE_TAKEN);
  }

  void decided(GenericRecord prediction, JoinResult result) {
    add(prediction, CoverageCounts.decided(result));
  }

  private void add(GenericRecord prediction, CoverageCounts added) {
    counts.merge(
        new Key(
            windows.startMillis(PredictionExtractor.eventTimeMillis(prediction)),
            PredictionExtractor.modelVersion(prediction)),
        added,
        CoverageCounts::plus);
  }

  /** Sends the counts if the clocks have moved, and how far they are. */
  void advance(JoinClocks clocks) {
    if (clocks.outcomesMillis() > maturedMillis || clocks.stalledMillis() > stalledMillis) {
      maturedMillis = clocks.outcomesMillis();
      stalledMillis = clocks.stalledMillis();
      send();
      output.accept(
          CoverageUpdate.mark(
              task.getIndexOfThisSubtask(),
              task.getNumberOfParallelSubtasks(),
              maturedMillis,
              stalledMillis));
    }
  }

  /** Sends the counts. */
  void send() {
    counts.forEach(
        (key, count) ->
            output.accept(CoverageUpdate.counts(key.startMillis(), key.modelVersion(), count)));
    counts.clear();
  }
}
