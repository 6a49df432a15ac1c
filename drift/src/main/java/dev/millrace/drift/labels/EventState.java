package dev.millrace.drift.labels;

import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** The join's state of one event id; the job implements it with Flink's keyed state. */
public interface EventState {
  /** Null: nothing is known of the event. */
  @Nullable JoinEntry entry();

  /** Replaces the entry; null deletes it. */
  void entry(@Nullable JoinEntry entry);

  /**
   * Calls {@link LabelJoin#timer} for this event id as soon as {@link JoinClocks#timersMillis()}
   * has reached the time.
   */
  void timer(long eventTimeMillis);

  /** Deletes the entry as soon as {@link JoinClocks#timersMillis()} has reached the time. */
  void deleteAt(long eventTimeMillis);

  /** Counts a result for a label, or for a prediction that is not joined. */
  void count(JoinResult result);

  /** Counts a prediction that the join has taken; its {@link #decided} follows. */
  void taken(GenericRecord prediction);

  /** Counts the decision about a prediction that was taken. */
  void decided(GenericRecord prediction, JoinResult result);

  /**
   * Counts a label that contradicts the one that counts.
   *
   * @param counted value of the label that counts
   */
  void contradicted(double counted, Label label);
}
