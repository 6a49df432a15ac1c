package dev.millrace.schemas.streams;

import org.apache.kafka.streams.KafkaStreams.State;

/**
 * What a service says of itself over HTTP.
 *
 * @param replacement knows what threads failed of
 */
record StreamsHealth(ThreadReplacement replacement) {
  /** What is wrong; empty if nothing is. A crash loop lasts until somebody mends its cause. */
  String live(State state) {
    return state.hasNotStarted() || state.isRunningOrRebalancing()
        ? replacement.crashLoop()
        : "streams are " + state;
  }

  /**
   * What is waited for; empty if nothing is. Streams are RUNNING when every store of every task is
   * restored.
   */
  String ready(State state) {
    if (state != State.RUNNING) {
      return "streams are " + state;
    }
    String outage = replacement.pausedBy();
    return outage.isEmpty() ? "" : "paused until this ends: " + outage;
  }
}
