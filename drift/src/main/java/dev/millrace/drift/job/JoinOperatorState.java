package dev.millrace.drift.job;

import dev.millrace.drift.labels.JoinClocks;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.common.typeutils.base.array.LongPrimitiveArraySerializer;
import org.apache.flink.runtime.state.KeyGroupRange;

/**
 * What the label join keeps beside the state of events. It is small, and every subtask restores all
 * of it.
 */
final class JoinOperatorState {
  private final ListState<Long> maturity;
  private final ListState<String> schemas;

  /** A key group, and the time up to which its timers have fired. */
  private final ListState<long[]> fired;

  /** The watermark of labels in each subtask. */
  private final ListState<Long> labels;

  JoinOperatorState(OperatorStateStore store) throws Exception {
    maturity =
        store.getUnionListState(new ListStateDescriptor<>("maturity", LongSerializer.INSTANCE));
    schemas =
        store.getUnionListState(
            new ListStateDescriptor<>("prediction-schemas", StringSerializer.INSTANCE));
    fired =
        store.getUnionListState(
            new ListStateDescriptor<>("fired-timers", LongPrimitiveArraySerializer.INSTANCE));
    labels =
        store.getUnionListState(
            new ListStateDescriptor<>("labels-watermark", LongSerializer.INSTANCE));
  }

  void write(
      long maturityMillis,
      EntryCodec codec,
      EventTimers timers,
      JoinClocks clocks,
      KeyGroupRange keyGroups)
      throws Exception {
    maturity.update(List.of(maturityMillis));
    schemas.update(codec.schemas().stream().map(Schema::toString).toList());
    List<long[]> firedMillis = new ArrayList<>();
    for (int keyGroup : keyGroups) {
      firedMillis.add(new long[] {keyGroup, timers.firedMillis(keyGroup)});
    }
    fired.update(firedMillis);
    labels.update(List.of(clocks.labelsMillis()));
  }

  /**
   * Restores the schemas of predictions, and the progress of timers and of labels.
   *
   * @return whether maturity was another one
   */
  boolean readInto(
      EntryCodec codec,
      EventTimers timers,
      JoinClocks clocks,
      KeyGroupRange keyGroups,
      long maturityMillis)
      throws Exception {
    for (String schema : schemas.get()) {
      codec.add(new Schema.Parser().parse(schema));
    }
    for (long[] each : fired.get()) {
      timers.restoreFired((int) each[0], each[1]);
    }
    long labelsMillis = Long.MAX_VALUE;
    for (long each : labels.get()) {
      labelsMillis = Math.min(labelsMillis, each);
    }
    if (labelsMillis != Long.MAX_VALUE) {
      long firedMillis = Long.MAX_VALUE;
      for (int keyGroup : keyGroups) {
        firedMillis = Math.min(firedMillis, timers.firedMillis(keyGroup));
      }
      clocks.restore(labelsMillis, firedMillis);
    }
    boolean changed = false;
    for (Long before : maturity.get()) {
      changed |= before != maturityMillis;
    }
    return changed;
  }
}
