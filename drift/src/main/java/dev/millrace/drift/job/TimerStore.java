package dev.millrace.drift.job;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.util.FlinkRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * Lists of timers in keyed state, so that they move with their key groups when the job is rescaled:
 * a key group's lists are under one key of it, which is no event's, and the bucket is the
 * namespace.
 */
final class TimerStore implements EventTimers.Store {
  private static final ListStateDescriptor<byte[]> TIMERS =
      new ListStateDescriptor<>("timers", BytePrimitiveArraySerializer.INSTANCE);

  private final KeyedStateBackend<String> backend;
  private final int keyGroups;
  private final @Nullable String[] keys;

  TimerStore(KeyedStateBackend<String> backend, TaskInfo task) {
    this.backend = backend;
    this.keyGroups = task.getMaxNumberOfParallelSubtasks();
    this.keys = new String[keyGroups];
    int missing = keyGroups;
    for (int i = 0; missing > 0; i++) {
      String key = "timers-" + i;
      int group = keyGroup(key);
      if (keys[group] == null) {
        keys[group] = key;
        missing--;
      }
    }
  }

  /** Key group of an event id. */
  int keyGroup(String id) {
    return KeyGroupRangeAssignment.assignToKeyGroup(id, keyGroups);
  }

  /** Makes the buckets of the restored state known. */
  void restoreInto(EventTimers timers) throws Exception {
    lists(0); // State that no descriptor has named is not restored.
    try (var stored = backend.<Long>getKeysAndNamespaces(TIMERS.getName())) {
      stored.forEach(list -> timers.restoreBucket(keyGroup(list.f0), list.f1));
    }
  }

  @Override
  public void append(int keyGroup, long bucketMillis, byte[] timers) {
    withList(keyGroup, bucketMillis, list -> list.add(timers));
  }

  @Override
  public List<byte[]> read(int keyGroup, long bucketMillis) {
    List<byte[]> read = new ArrayList<>();
    withList(keyGroup, bucketMillis, list -> list.get().forEach(read::add));
    return read;
  }

  @Override
  public void delete(int keyGroup, long bucketMillis) {
    withList(keyGroup, bucketMillis, ListState::clear);
  }

  /** Leaves the current key as it is. */
  private void withList(int keyGroup, long bucketMillis, ListAction action) {
    String current = backend.getCurrentKey();
    backend.setCurrentKey(keys[keyGroup]);
    try {
      action.on(lists(bucketMillis));
    } catch (Exception e) {
      throw new FlinkRuntimeException("cannot access the timers of the label join", e);
    }
    if (current != null) {
      backend.setCurrentKey(current);
    }
  }

  private ListState<byte[]> lists(long bucketMillis) throws Exception {
    return backend.getPartitionedState(bucketMillis, LongSerializer.INSTANCE, TIMERS);
  }

  private interface ListAction {
    void on(ListState<byte[]> list) throws Exception;
  }
}
