package dev.millrace.inference.topology;

import dev.millrace.inference.policy.ScoredProgress;
import dev.millrace.schemas.pipeline.Pipeline;
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
  private final ScoredProgress scored;
  private final LongSupplier oldestWaitingMillis;
  private final Consumer<Progress> output;

  /**
   * @param oldestWaitingMillis the smallest event time of the events that are not scored yet;
   *     {@link Long#MAX_VALUE}: there is none
   */
  ProgressRelay(Pipeline pipeline, LongSupplier oldestWaitingMillis, Consumer<Progress> output) {
    this.scored = new ScoredProgress(pipeline.align() && pipeline.hasFeedback());
    this.oldestWaitingMillis = oldestWaitingMillis;
    this.output = output;
  }

  /** Reads a progress record of the clean topic. */
  void read(Headers headers, long nowMillis) {
    Progress progress = Progress.read(headers);
    if (progress == null) {
      return;
    }
    tracker.take(progress);
    scored.read(new ScoredProgress.Step(tracker.timeMillis(), tracker.idle()));
    pass(nowMillis);
  }

  /** Passes on how far the scoring is. */
  void pass(long nowMillis) {
    ScoredProgress.Step step = scored.next(oldestWaitingMillis.getAsLong(), nowMillis);
    if (step != null) {
      output.accept(Progress.ofOne(step.timeMillis(), step.idle(), nowMillis));
    }
  }
}
