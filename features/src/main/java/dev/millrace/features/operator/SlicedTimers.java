package dev.millrace.features.operator;

import java.util.function.BooleanSupplier;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.InternalTimerServiceImpl;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;

/**
 * Event-time timers with a clock of their own. Timers that are due fire in slices of a few
 * milliseconds with pauses between, so that many of them at the same time do not delay the other
 * work of the task.
 */
final class SlicedTimers {
  /** The time of timers that do not wait for the clock. */
  static final long OVERDUE = Long.MIN_VALUE;

  private final InternalTimerServiceImpl<?, VoidNamespace> timers;
  private final BooleanSupplier blocked;
  private final Slices slices;
  private long targetMillis = Long.MIN_VALUE;

  private SlicedTimers(
      InternalTimerService<VoidNamespace> timers,
      ProcessingTimeService processingTime,
      Pace pace,
      BooleanSupplier blocked) {
    this.timers = (InternalTimerServiceImpl<?, VoidNamespace>) timers;
    this.blocked = blocked;
    this.slices = new Slices(processingTime, pace.slice(), pace.nanos(), this::run);
  }

  /**
   * @param operator without asynchronous state
   * @param name of the timers in its state
   * @param blocked whether no timer may fire at present; it is asked again after a pause
   */
  static SlicedTimers of(
      AbstractStreamOperator<?> operator,
      String name,
      Pace pace,
      BooleanSupplier blocked,
      EventTimeCallback<VoidNamespace> callback) {
    return new SlicedTimers(
        operator.getInternalTimerService(name, VoidNamespaceSerializer.INSTANCE, callback),
        operator.getProcessingTimeService(),
        pace,
        blocked);
  }

  /** Sets a timer of the current key. */
  void set(long timeMillis) {
    timers.registerEventTimeTimer(VoidNamespace.INSTANCE, timeMillis);
  }

  /** Sets a timer of the current key that is {@link #OVERDUE}. */
  void setOverdue() {
    set(OVERDUE);
    slices.startAfter(0);
  }

  /** Calls the timers of a checkpoint that are {@link #OVERDUE}. */
  void restore() throws Exception {
    slices.start();
  }

  /** Moves the clock; a time before the clock's has no effect. */
  void advance(long timeMillis) throws Exception {
    if (timeMillis > targetMillis) {
      targetMillis = timeMillis;
      slices.start();
    }
  }

  private long run(Slices.Deadline deadline) throws Exception {
    if (blocked.getAsBoolean()) {
      return 0;
    }
    boolean done =
        timers.tryAdvanceWatermark(targetMillis, () -> deadline.isOver() || blocked.getAsBoolean());
    return done ? Slices.DONE : 0;
  }
}
