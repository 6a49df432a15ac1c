package dev.millrace.inference;

import java.util.ArrayList;
import java.util.List;

/**
 * When what an answered event leaves in the stores is removed.
 *
 * <p>With exactly-once at once: answer and removal are in one transaction. With at-least-once each
 * is written by itself, and a crash may leave the removal without the answer, and so lose the
 * event. So the removal waits for the next commit, before which Kafka Streams waits until all
 * answers are written. After a crash in between, the event is answered again.
 */
final class Removals {
  private final boolean atCommit;
  private final List<Runnable> waiting = new ArrayList<>();

  /**
   * @param atCommit whether removals wait for the commit
   */
  Removals(boolean atCommit) {
    this.atCommit = atCommit;
  }

  boolean waitForCommit() {
    return atCommit;
  }

  void add(Runnable removal) {
    if (atCommit) {
      waiting.add(removal);
    } else {
      removal.run();
    }
  }

  /**
   * All that was answered up to now has been written. What a removal adds waits for the next
   * commit: by then the removal has been written too.
   */
  void committed() {
    List<Runnable> written = List.copyOf(waiting);
    waiting.clear();
    written.forEach(Runnable::run);
  }
}
