package dev.millrace.inference.topology;

import dev.millrace.inference.rows.ViewStore;
import dev.millrace.schemas.pipeline.Generation;
import dev.millrace.schemas.pipeline.Pipeline;

/** The names of the topology's nodes and stores. */
final class NodeName {
  /** Sources and processors. */
  static final String EVENTS = "events";

  static final String VECTORS = "vectors";

  static final String SCORE = "score";

  /** With repartitioned views only, as all names of questions and answers. */
  static final String ROW_QUESTIONS = "row-questions";

  static final String ROW_ANSWERS = "row-answers";

  static final String ANSWER = "answer";

  /** Stores. */
  static final String PENDING_EVENTS = "pending-events";

  static final String ASKED_EVENTS = "asked-events";

  static final String COMMITS = "commits";

  /** Sinks. */
  static final String PREDICTIONS = "predictions";

  static final String DEAD_LETTERS = "dead-letters";

  static final String QUESTIONS_OUT = "questions-out";

  static final String ANSWERS_OUT = "answers-out";

  static final String ANSWER_DEAD_LETTERS = "answer-dead-letters";

  private NodeName() {}

  /**
   * The store of early vectors: {@code early-vectors-<generation>}, so that those of another
   * generation are never read, and do not take the place of those of this one.
   */
  static String earlyVectors(Pipeline pipeline) {
    return "early-vectors-" + Generation.of(pipeline);
  }

  /** The source of the feature topic of a view. */
  static String features(ViewStore view) {
    return view.name() + "-features";
  }
}
