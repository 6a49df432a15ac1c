package dev.millrace.drift.job;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * Receives all outcomes of some partitions, and the progress of every task that makes outcomes.
 * Before each checkpoint it writes the progress of each partition, that of the slowest task, into
 * the transaction that ends with the checkpoint. So one task alone writes a partition, and readers
 * need not know how many tasks there are or were.
 */
final class OutcomeProgress extends AbstractStreamOperator<OutcomeRecord>
    implements OneInputStreamOperator<OutcomeRecord, OutcomeRecord> {
  /** How often unchanged progress is written, so that readers that start learn it. */
  private static final Duration REPETITION = Duration.ofSeconds(5);

  private static final long serialVersionUID = 1L;

  @SuppressWarnings("NullAway.Init")
  private transient Map<Integer, Partition> partitions;

  /** The newest progress of each task, and what was written last. */
  private static final class Partition {
    final long[] passedMillis;
    final boolean[] idle;
    @Nullable OutcomeRecord written;
    long writtenAtMillis;

    Partition(int tasks) {
      passedMillis = new long[tasks];
      Arrays.fill(passedMillis, Long.MIN_VALUE);
      idle = new boolean[tasks];
    }

    void take(OutcomeRecord progress) {
      passedMillis[progress.task()] = progress.passedMillis();
      idle[progress.task()] = progress.idle();
    }

    /** Idle only if every task is, and never ahead of a task that is idle. */
    OutcomeRecord progress(int partition) {
      long slowest = Arrays.stream(passedMillis).min().orElse(Long.MIN_VALUE);
      boolean allIdle = true;
      for (boolean each : idle) {
        allIdle &= each;
      }
      return new OutcomeRecord(null, partition, 0, 1, slowest, allIdle);
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    partitions = new TreeMap<>();
  }

  @Override
  public void processElement(StreamRecord<OutcomeRecord> element) {
    OutcomeRecord record = element.getValue();
    if (record.outcome() != null) {
      output.collect(element);
    } else {
      partitions
          .computeIfAbsent(record.partition(), unused -> new Partition(record.tasks()))
          .take(record);
    }
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    long nowMillis = getProcessingTimeService().getCurrentProcessingTime();
    partitions.forEach((partition, state) -> write(partition, state, nowMillis));
  }

  /** The end of bounded input is no event time. */
  private void write(int partition, Partition state, long nowMillis) {
    OutcomeRecord next = state.progress(partition);
    boolean unknown = next.passedMillis() == Long.MIN_VALUE && !next.idle();
    boolean isRecent = nowMillis - state.writtenAtMillis < REPETITION.toMillis();
    if (unknown
        || next.passedMillis() == Long.MAX_VALUE
        || (next.equals(state.written) && isRecent)) {
      return;
    }
    state.written = next;
    state.writtenAtMillis = nowMillis;
    output.collect(new StreamRecord<>(next));
  }
}
