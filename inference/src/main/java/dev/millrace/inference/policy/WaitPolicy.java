package dev.millrace.inference.policy;

import dev.millrace.schemas.avro.WaitResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether an event is scored now or waits, and for which event a row is. Views are named by
 * their index in the pipeline.
 *
 * <p>Events arrive in the order of their offsets, and a row holds the offset of the event that
 * produced it. The offset alone therefore decides the use of a row.
 *
 * @param waits by view, how long an event waits for its row; null where rows are not awaited
 */
public record WaitPolicy(List<@Nullable Duration> waits) {
  /** What an awaited row is used for. */
  public enum RowUse {
    /** Its event waits for it. */
    AWAITED,
    /** Its event has not arrived yet: the row is kept. */
    EARLY,
    /** Its event was scored: the row was written again or came after the timeout. */
    REPEATED
  }

  public WaitPolicy {
    waits = new ArrayList<>(waits);
  }

  /**
   * The result of each view's wait if the event is scored now, or null if it waits.
   *
   * @param arrived whether the event's row of a view has arrived
   * @param nowMillis wall clock
   */
  public @Nullable List<WaitResult> decide(IntPredicate arrived, WaitStart times, long nowMillis) {
    List<WaitResult> results = new ArrayList<>(waits.size());
    for (int view = 0; view < waits.size(); view++) {
      Duration wait = waits.get(view);
      if (arrived.test(view)) {
        results.add(WaitResult.ARRIVED);
      } else if (wait == null || wait.isZero()) {
        results.add(WaitResult.NOT_AWAITED);
      } else if (nowMillis >= times.endMillis(wait)) {
        results.add(WaitResult.TIMED_OUT);
      } else {
        return null;
      }
    }
    return results;
  }

  /**
   * The use of a row of an awaited view.
   *
   * @param eventOffset of the event that produced the row
   * @param lastOffset the newest offset of an event so far
   * @param waiting whether the event waits
   */
  public static RowUse useOf(long eventOffset, long lastOffset, boolean waiting) {
    if (waiting) {
      return RowUse.AWAITED;
    }
    return eventOffset > lastOffset ? RowUse.EARLY : RowUse.REPEATED;
  }
}
