package dev.millrace.inference.policy;

import dev.millrace.schemas.avro.WaitResult;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether an event is scored now or waits for its vector, and for which event a vector is.
 *
 * <p>Events arrive in the order of their offsets, and a vector holds the offset of its event. The
 * offset alone therefore decides the use of a vector.
 *
 * @param atMost how long an event waits; zero: not at all
 */
public record WaitPolicy(Duration atMost) {
  /** What a vector is used for. */
  public enum VectorUse {
    /** Its event waits for it. */
    AWAITED,
    /** Its event has not arrived yet: the vector is kept. */
    EARLY,
    /** Its event was scored: the vector was written again or came after the timeout. */
    REPEATED
  }

  /**
   * The result of the wait if the event is scored now, or null if it waits.
   *
   * @param arrived whether the event's vector has arrived
   * @param nowMillis wall clock
   */
  public @Nullable WaitResult decide(boolean arrived, WaitStart times, long nowMillis) {
    if (arrived) {
      return WaitResult.ARRIVED;
    }
    return atMost.isZero() || nowMillis >= times.endMillis(atMost) ? withoutVector() : null;
  }

  /** The result of a wait that has ended without the event's vector. */
  public WaitResult withoutVector() {
    return atMost.isZero() ? WaitResult.NOT_AWAITED : WaitResult.TIMED_OUT;
  }

  /**
   * The use of a vector.
   *
   * @param eventOffset of the vector's event
   * @param lastOffset the newest offset of the clean topic that was read
   * @param waiting whether the event waits
   */
  public static VectorUse useOf(long eventOffset, long lastOffset, boolean waiting) {
    if (waiting) {
      return VectorUse.AWAITED;
    }
    return eventOffset > lastOffset ? VectorUse.EARLY : VectorUse.REPEATED;
  }
}
