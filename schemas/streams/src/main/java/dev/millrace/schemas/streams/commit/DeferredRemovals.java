package dev.millrace.schemas.streams.commit;

import java.util.ArrayList;
import java.util.List;

/**
 * Removes processed records from the stores of one task, at once or at the next commit.
 *
 * <p>With exactly-once, removals run at once: output and removal are in one transaction. With
 * at-least-once, output and removal are written independently, and a crash between them could keep
 * the removal without the output and so lose a record. The removal therefore waits for the next
 * commit, before which Kafka Streams waits until all output is written. After a crash before the
 * commit, the output is written again.
 */
public final class DeferredRemovals {
  private final boolean atCommit;
  private final List<Runnable> waiting = new ArrayList<>();

  /**
   * @param atCommit whether removals wait for the commit
   */
  public DeferredRemovals(boolean atCommit) {
    this.atCommit = atCommit;
  }

  /** Whether removals wait for the commit. */
  public boolean waitForCommit() {
    return atCommit;
  }

  /** Runs a removal, at once or at the next commit. */
  public void add(Runnable removal) {
    if (atCommit) {
      waiting.add(removal);
    } else {
      removal.run();
    }
  }

  /**
   * Runs the removals, after all output so far was written. A removal that one of them adds waits
   * for the next commit, at which the first one was written too.
   */
  public void committed() {
    List<Runnable> written = List.copyOf(waiting);
    waiting.clear();
    written.forEach(Runnable::run);
  }
}
