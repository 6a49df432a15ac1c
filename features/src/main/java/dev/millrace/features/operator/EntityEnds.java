package dev.millrace.features.operator;

import dev.millrace.features.view.ViewPlan;
import java.io.IOException;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Drops entities of which nothing is left. An entity has one timer, from its first event until its
 * end. When the timer fires, the entity may have had newer events, and the timer is set again.
 *
 * <p>In an aligned pipeline a window without a bound is never dropped: a later event would begin
 * anew or not, depending on whether it is read before or after the timer.
 */
final class EntityEnds {
  /** Event time after which the end of an entity is tried again that is compared later. */
  private static final long RETRY_MILLIS = 60_000;

  private final ViewPlan plan;
  private final boolean stays;
  private final EntityStates states;
  private final LookupClocks clocks;
  private final ToLongFunction<String> closedMillis;
  private final @Nullable Feed feed;
  private final SlicedTimers timers;

  /**
   * @param closedMillis by entity, the time up to which no question is expected any more
   * @param feed that writes the tombstones; null: none
   * @param timers that call {@link #end}
   */
  EntityEnds(
      ViewPlan plan,
      boolean align,
      EntityStates states,
      LookupClocks clocks,
      ToLongFunction<String> closedMillis,
      @Nullable Feed feed,
      SlicedTimers timers) {
    this.plan = plan;
    this.stays = align && plan.plan().isUnbounded();
    this.states = states;
    this.clocks = clocks;
    this.closedMillis = closedMillis;
    this.feed = feed;
    this.timers = timers;
  }

  /** Sets the timer of the current key. */
  void expect(EntityState state) {
    long endMillis = state.endMillis(plan.keepMillis());
    if (endMillis != Long.MAX_VALUE && !stays) {
      timers.set(endMillis);
    }
  }

  /** Calls the timers up to a time. It may change the current key. */
  void advance(long timeMillis) throws Exception {
    timers.advance(timeMillis);
  }

  /** The timer of the current key has fired. */
  void end(String entity) throws IOException {
    EntityState state = states.find(entity);
    if (state == null) {
      return;
    }
    long endMillis = state.endMillis(plan.keepMillis());
    if (endMillis > clocks.closedMillis()) {
      expect(state);
      return;
    }
    if (endMillis > closedMillis.applyAsLong(entity)) {
      timers.set(clocks.closedMillis() + RETRY_MILLIS);
      return;
    }
    if (feed != null) {
      feed.drop(entity, state);
    }
    states.drop(entity);
  }
}
