package dev.millrace.features.operator;

import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.Triggerable;

/** What an event-time timer does. */
interface EventTimeCallback<N> extends Triggerable<String, N> {
  @Override
  default void onProcessingTime(InternalTimer<String, N> timer) {
    throw new IllegalStateException("this operator sets no processing-time timers");
  }
}
