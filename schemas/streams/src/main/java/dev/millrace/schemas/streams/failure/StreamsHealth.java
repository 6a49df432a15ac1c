package dev.millrace.schemas.streams.failure;

import java.util.function.Supplier;
import org.apache.kafka.streams.KafkaStreams.State;

/**
 * The health of a service, as its HTTP endpoints report it.
 *
 * @param replacement has the failures of threads
 * @param restoring describes the stores that are being restored; empty if there are none
 */
public record StreamsHealth(ThreadReplacement replacement, Supplier<String> restoring) {
  /** The problem; empty if there is none. A crash loop lasts until its cause is removed. */
  public String live(State state) {
    return state.hasNotStarted() || state.isRunningOrRebalancing()
        ? replacement.crashLoop()
        : "streams are " + state;
  }

  /**
   * The reason why the service is not ready; empty if it is ready. Streams are RUNNING when every
   * store of every task is restored.
   */
  public String ready(State state) {
    if (state != State.RUNNING) {
      String stores = restoring.get();
      return stores.isEmpty() ? "streams are " + state : stores;
    }
    String outage = replacement.pausedBy();
    return outage.isEmpty() ? "" : "paused by an outage: " + outage;
  }
}
