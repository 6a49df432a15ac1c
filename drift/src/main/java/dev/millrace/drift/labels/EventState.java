package dev.millrace.drift.labels;

import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** The join's state of one event id; the job implements it with Flink's keyed state. */
public interface EventState {
  /** The prediction that waits for its label. */
  @Nullable GenericRecord prediction();

  void prediction(@Nullable GenericRecord prediction);

  /** The label that waits for its prediction. */
  @Nullable Label label();

  void label(@Nullable Label label);

  /** Null until the outcome is decided. */
  @Nullable DecidedEvent decided();

  void decided(@Nullable DecidedEvent decided);

  /** Sets a timer of this event id; all timers follow {@link JoinClocks#timersMillis()}. */
  void timer(long eventTimeMillis);

  /** Counts a result of the join. */
  void count(JoinResult result);
}
