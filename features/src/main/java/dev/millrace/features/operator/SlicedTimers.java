package dev.millrace.features.operator;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.InternalTimerServiceImpl;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;

/**
 * Event-time timers with a clock of their own. Timers that are due fire in slices of a few
 * milliseconds with pauses between, so that many of them at the same time do not delay the other
 * work of the task.
 */
final class SlicedTimers {
  private final InternalTimerServiceImpl<?, VoidNamespace> timers;
  private final Slices slices;
  private long targetMillis = Long.MIN_VALUE;

  /**
   * @param timers of an operator without asynchronous state, whose clock only this object advances
   */
  SlicedTimers(
      InternalTimerService<VoidNamespace> timers,
      ProcessingTimeService processingTime,
      Duration slice,
      LongSupplier nanos) {
    this.timers = (InternalTimerServiceImpl<?, VoidNamespace>) timers;
    this.slices = new Slices(processingTime, slice, nanos, this::run);
  }

  /** Sets a timer of the current key. */
  void set(long timeMillis) {
    timers.registerEventTimeTimer(VoidNamespace.INSTANCE, timeMillis);
  }

  /** Moves the clock; a time before the clock's has no effect. */
  void advance(long timeMillis) throws Exception {
    if (timeMillis > targetMillis) {
      targetMillis = timeMillis;
      slices.start();
    }
  }

  private long run(Slices.Deadline deadline) throws Exception {
    boolean done = timers.tryAdvanceWatermark(targetMillis, deadline::isOver);
    return done ? Slices.DONE : 0;
  }
}
