package dev.millrace.ingest;

import java.util.List;

/**
 * The names that one source has in the topology. They name state and internal topics on the cluster
 * too, so a change of a name begins with empty state.
 *
 * @param source the source's name
 * @param rekeyedTopic the topic that brings events to the partition of their key
 */
record SourceNodes(String source, String rekeyedTopic) {

  String input() {
    return source + "-input";
  }

  String processor() {
    return source + "-check";
  }

  String cleanSink() {
    return source + "-clean";
  }

  String lateSink() {
    return source + "-late";
  }

  String deadLetterSink() {
    return source + "-dead-letters";
  }

  String rekeyedSink() {
    return source + "-rekeyed";
  }

  /** Holds {@link SeenIds}. */
  String seenStore() {
    return source + "-published-ids";
  }

  /** Holds {@link ArrivalProgress}. */
  String progressStore() {
    return source + "-arrival-progress";
  }

  /** Holds {@link EventClock}. */
  String clockStore() {
    return source + "-event-clock";
  }

  /** Holds {@link ParkedRecords}. */
  String parkedStore() {
    return source + "-parked";
  }

  /** With at-least-once: hears of commits, and has no changelog. */
  String commitsStore() {
    return source + "-commits";
  }

  /** All that have a changelog. */
  List<String> stores() {
    return List.of(seenStore(), progressStore(), clockStore(), parkedStore());
  }
}
