package dev.millrace.inference.waiting;

import dev.millrace.schemas.inputs.EntityFeatures;
import java.util.OptionalLong;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The rows that the events of one partition are scored with when they have no vector. Rows that
 * other partitions keep have to be asked for, so that the event waits once more.
 */
public interface StoredRows {
  /**
   * The rows of an event.
   *
   * @param features by the index of the lookup; null: not found
   * @param answered false: the time to wait for rows of other partitions was over, and those that
   *     had not come are missing
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Found(@Nullable EntityFeatures[] features, boolean answered) {}

  /**
   * The rows of an event whose wait for its vector has ended.
   *
   * @param nowMillis wall clock
   * @return null: the event waits for rows of other partitions, which have been asked for
   */
  @Nullable Found find(CleanEvent event, long nowMillis);

  /** Whether the event at an offset waits for rows of other partitions. */
  default boolean isAsked(long offset) {
    return false;
  }

  /** Removes and returns the offset of an event that is due, since it waits no longer for rows. */
  default OptionalLong pollDue(long nowMillis) {
    return OptionalLong.empty();
  }

  /** Removes what is kept of an event that was scored. */
  default void remove(long offset) {}

  /**
   * Removes what is kept of events that no longer exist.
   *
   * @param exists whether the event at an offset is in the store of pending events
   */
  default void cleanUp(LongPredicate exists) {}
}
