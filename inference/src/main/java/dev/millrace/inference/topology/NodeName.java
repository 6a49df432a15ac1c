package dev.millrace.inference.topology;

/** The names of the topology's nodes and stores. */
final class NodeName {
  /** Sources and processors. */
  static final String EVENTS = "events";

  static final String VECTORS = "vectors";

  static final String SCORE = "score";

  /** Stores. */
  static final String PENDING_EVENTS = "pending-events";

  static final String EARLY_VECTORS = "early-vectors";

  /** With at-least-once only. */
  static final String COMMITS = "commits";

  /** Sinks. */
  static final String PREDICTIONS = "predictions";

  static final String DEAD_LETTERS = "dead-letters";

  private NodeName() {}
}
