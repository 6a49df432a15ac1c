package dev.millrace.drift.policy;

import java.io.IOException;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;

/**
 * Whether the features' windows have been filled since the stream began. It begins with the window
 * by which enough predictions have come in all: a few stragglers begin no stream.
 */
final class WarmUp {
  private final long minSamples;
  private final long millis;

  /** Start of the window that the stream began with. */
  private final ValueState<Long> begun;

  /** Predictions of the windows before it. */
  private final ValueState<Long> seen;

  /**
   * @param minSamples predictions that begin a stream
   * @param millis that the features' windows take to fill
   */
  WarmUp(RuntimeContext runtime, long minSamples, long millis) {
    this.minSamples = minSamples;
    this.millis = millis;
    begun = runtime.getState(new ValueStateDescriptor<>("begun", Long.class));
    seen = runtime.getState(new ValueStateDescriptor<>("seen", Long.class));
  }

  /** Whether a window that closes is part of it; each is to be asked about once, in order. */
  boolean covers(long startMillis, long samples) throws IOException {
    Long first = begun.value();
    if (first == null) {
      Long before = seen.value();
      long all = samples + (before == null ? 0 : before);
      if (all < minSamples) {
        seen.update(all);
        return false;
      }
      first = startMillis;
      begun.update(first);
      seen.clear();
    }
    return startMillis < first + millis;
  }
}
