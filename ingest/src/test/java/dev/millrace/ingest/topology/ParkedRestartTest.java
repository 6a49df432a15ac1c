package dev.millrace.ingest.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.ingest.parked.ParkingDecoder;
import dev.millrace.ingest.topology.DecodingTasks.Task;
import dev.millrace.schemas.pipeline.Guarantee;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

/** Parked records and crashes between any two steps. */
class ParkedRestartTest {
  private final DecodingTasks tasks = new DecodingTasks();

  /** A step of a task. */
  enum Step {
    READ_KNOWN,
    READ_NEWER,
    TICK,
    REGISTRY_DOWN,
    REGISTRY_UP,
    COMMIT,
    CRASH
  }

  /**
   * A task and its committed store, offset and output. They are committed together, as in a
   * transaction. Output counts when it is committed; duplicates in it are not removed.
   */
  private final class History {
    final List<byte[]> topic = new ArrayList<>();
    final List<String> committed = new ArrayList<>();
    private Map<Long, byte[]> state = Map.of();
    private int committedOffset;
    private int offset;
    private Task task = tasks.start();

    void take(Step step) {
      switch (step) {
        case READ_KNOWN -> read(tasks.known("known " + offset));
        case READ_NEWER -> read(tasks.newer("newer " + offset));
        case TICK -> task.tick();
        case REGISTRY_DOWN -> tasks.registry.up = false;
        case REGISTRY_UP -> tasks.registry.up = true;
        case COMMIT -> commit();
        case CRASH -> {
          task = tasks.start(state, ParkingDecoder.Limits.DEFAULT);
          offset = committedOffset;
        }
      }
    }

    /** Reads the next record of the topic; at its end adds the given record first. */
    private void read(byte[] next) {
      if (offset == topic.size()) {
        topic.add(next);
      }
      task.read(offset, topic.get(offset));
      offset++;
    }

    private void commit() {
      committed.addAll(task.next.ids());
      task.next.records.clear();
      state = task.state();
      committedOffset = offset;
    }

    void end() {
      tasks.registry.up = true;
      while (offset < topic.size()) {
        read(topic.get(offset));
      }
      task.tickUntilAllIsReleased();
      commit();
    }
  }

  @Property(tries = 300)
  void aCrashNeitherLosesNorRepeatsRecords(@ForAll @Size(max = 80) List<Step> steps) {
    tasks.registry.up = true;
    History history = new History();
    steps.forEach(history::take);
    history.end();

    assertThat(history.committed).doesNotHaveDuplicates().hasSize(history.topic.size());
    for (String schema : List.of("known", "newer")) {
      List<Integer> offsets =
          history.committed.stream()
              .filter(each -> each.startsWith(schema))
              .map(each -> Integer.valueOf(each.substring(schema.length() + 1)))
              .toList();
      assertThat(offsets).as("order of %s", schema).isSorted();
    }
  }

  /**
   * With at-least-once, output, state and offset are written separately. The simulated crash keeps
   * all changes of the state and loses all output since the last commit.
   */
  @Property(tries = 300)
  void withAtLeastOnceACrashLosesNoRecord(@ForAll @Size(max = 80) List<Step> steps) {
    DecodingTasks each = new DecodingTasks(Guarantee.AT_LEAST_ONCE);
    List<String> topic = new ArrayList<>();
    Set<String> written = new HashSet<>();
    Task task = each.start();
    int committedOffset = 0;
    int offset = 0;
    for (Step step : Stream.concat(steps.stream(), Stream.of(Step.CRASH)).toList()) {
      switch (step) {
        case READ_KNOWN, READ_NEWER -> {
          if (offset == topic.size()) {
            topic.add((step == Step.READ_KNOWN ? "known " : "newer ") + offset);
          }
          read(each, task, offset, topic.get(offset));
          offset++;
        }
        case TICK -> task.tick();
        case REGISTRY_DOWN -> each.registry.up = false;
        case REGISTRY_UP -> each.registry.up = true;
        case COMMIT -> {
          written.addAll(task.next.ids());
          committedOffset = offset;
          task.committed();
        }
        case CRASH -> {
          task = each.start(task.state(), ParkingDecoder.Limits.DEFAULT);
          offset = committedOffset;
        }
      }
    }
    each.registry.up = true;
    for (; offset < topic.size(); offset++) {
      read(each, task, offset, topic.get(offset));
    }
    task.tickUntilAllIsReleased();
    written.addAll(task.next.ids());
    task.committed();
    assertThat(written).containsExactlyInAnyOrderElementsOf(topic);
    assertThat(task.state()).as("written records are deleted from the store").isEmpty();
  }

  private static void read(DecodingTasks tasks, Task task, int offset, String id) {
    task.read(offset, id.startsWith("known") ? tasks.known(id) : tasks.newer(id));
  }
}
