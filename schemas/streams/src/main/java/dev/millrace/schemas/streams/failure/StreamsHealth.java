package dev.millrace.schemas.streams.failure;

import org.apache.kafka.streams.KafkaStreams.State;

/**
 * The health of a service, as its HTTP endpoints report it.
 *
 * @param replacement has the failures of threads
 */
public record StreamsHealth(ThreadReplacement replacement) {
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
      return "streams are " + state;
    }
    String outage = replacement.pausedBy();
    return outage.isEmpty() ? "" : "paused by an outage: " + outage;
  }
}
