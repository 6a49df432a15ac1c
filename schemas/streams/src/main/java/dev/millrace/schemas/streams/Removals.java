package dev.millrace.schemas.streams;

import java.util.ArrayList;
import java.util.List;

/**
 * When what is done with leaves the stores.
 *
 * <p>With exactly-once at once: output and removal are in one transaction. With at-least-once each
 * is written by itself, and a crash may leave the removal without the output, and so lose a record.
 * So the removal waits for the next commit, before which Kafka Streams waits until all output is
 * written. After a crash in between, the output is written again. For one task.
 */
public final class Removals {
  private final boolean atCommit;
  private final List<Runnable> waiting = new ArrayList<>();

  /**
   * @param atCommit whether removals wait for the commit
   */
  public Removals(boolean atCommit) {
    this.atCommit = atCommit;
  }

  public boolean waitForCommit() {
    return atCommit;
  }

  public void add(Runnable removal) {
    if (atCommit) {
      waiting.add(removal);
    } else {
      removal.run();
    }
  }

  /**
   * All output up to now has been written. What a removal adds waits for the next commit: by then
   * the removal has been written too.
   */
  public void committed() {
    List<Runnable> written = List.copyOf(waiting);
    waiting.clear();
    written.forEach(Runnable::run);
  }
}
