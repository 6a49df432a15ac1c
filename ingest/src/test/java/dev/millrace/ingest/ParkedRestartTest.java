package dev.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.ingest.DecodingTasks.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

/** Parked records through crashes at any moment. */
class ParkedRestartTest {
  private final DecodingTasks tasks = new DecodingTasks();

  /** What may happen to a task. */
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
   * A task and what is committed of it. Store and offset are committed together, as in a
   * transaction; output counts when it is committed, and nothing behind it removes duplicates.
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
          task = tasks.start(state, DecodingProcessor.Bounds.DEFAULT);
          offset = committedOffset;
        }
      }
    }

    /** Reads the next record of the topic; the given one where the topic ends. */
    private void read(byte[] next) {
      if (offset == topic.size()) {
        topic.add(next);
      }
      task.read(offset, topic.get(offset));
      offset++;
    }

    private void commit() {
      committed.addAll(task.next.ids());
      task.next.arrivals.clear();
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
  void aCrashLosesAndDoublesNothing(@ForAll @Size(max = 80) List<Step> steps) {
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
      assertThat(offsets).as("the order of %s", schema).isSorted();
    }
  }
}
