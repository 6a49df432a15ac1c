package dev.millrace.inference.topology;

import dev.millrace.inference.policy.HeldProgress;
import dev.millrace.schemas.topics.Progress;
import dev.millrace.schemas.topics.ProgressTracker;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.common.header.Headers;

/**
 * Passes the progress of one partition of the clean topic on to the same partition of the
 * predictions, after the predictions of all events before it. There the partition is its own and
 * only arrival partition. For one thread.
 */
final class ProgressRelay {
  private final ProgressTracker tracker = new ProgressTracker();
  private final HeldProgress held = new HeldProgress();
  private final LongSupplier oldestWaiting;
  private final Consumer<Progress> output;

  /**
   * @param oldestWaiting the smallest offset of an event that is not scored yet; {@link
   *     Long#MAX_VALUE}: there is none
   */
  ProgressRelay(LongSupplier oldestWaiting, Consumer<Progress> output) {
    this.oldestWaiting = oldestWaiting;
    this.output = output;
  }

  /** Reads a progress record of the clean topic. */
  void read(Headers headers, long offset, long nowMillis) {
    Progress progress = Progress.read(headers);
    if (progress == null) {
      return;
    }
    tracker.take(progress);
    if (tracker.timeMillis() != Progress.NONE || tracker.idle()) {
      held.add(new HeldProgress.Step(offset, tracker.timeMillis(), tracker.idle()));
    }
    pass(nowMillis);
  }

  /** Passes on the newest progress that no event holds back. */
  void pass(long nowMillis) {
    HeldProgress.Step step = held.release(oldestWaiting.getAsLong(), nowMillis);
    if (step != null) {
      output.accept(Progress.ofOne(step.timeMillis(), step.idle()));
    }
  }
}
