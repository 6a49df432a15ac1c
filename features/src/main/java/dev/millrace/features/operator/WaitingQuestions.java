package dev.millrace.features.operator;

import dev.millrace.features.source.Question;
import dev.millrace.features.source.QuestionSerializer;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerServiceImpl;

/**
 * Questions that wait until their source has passed their time: in keyed state, in a namespace for
 * each event time, with a timer on a clock of their own.
 */
final class WaitingQuestions {
  /** No question waits. */
  static final long NONE = Long.MAX_VALUE;

  /**
   * Event times whose questions are answered between two calls of the listener. Few in comparison
   * with the questions that wait at the next lookup, and many in comparison with one watermark.
   */
  private static final int STEP = 64;

  private final AbstractStreamOperator<Question> operator;
  private final Answerer answerer;
  private final Listener answered;
  private int timesSinceStep;
  private final ListStateDescriptor<Question> descriptor;
  private final InternalTimerServiceImpl<?, Long> timers;
  private long oldestMillis = NONE;
  private long newestMillis = Long.MIN_VALUE;
  private long waiting;

  /** Answers the questions of the current key. */
  interface Answerer {
    /** Returns their number. */
    int answer(String entity, Iterable<Question> questions) throws Exception;
  }

  /** Listens while many questions are released at once. */
  interface Listener {
    /**
     * All questions that waited until before a time were answered. It may change the current key.
     */
    void answeredUpTo(long timeMillis) throws Exception;
  }

  /**
   * @param name of the state and of the timers
   */
  WaitingQuestions(
      String name,
      AbstractStreamOperator<Question> operator,
      Answerer answerer,
      Listener answered) {
    this.descriptor = new ListStateDescriptor<>(name, QuestionSerializer.TYPE);
    this.operator = operator;
    this.answerer = answerer;
    this.answered = answered;
    EventTimeCallback<Long> callback = this::onTime;
    this.timers =
        (InternalTimerServiceImpl<?, Long>)
            operator.<String, Long>getInternalTimerService(name, LongSerializer.INSTANCE, callback);
  }

  /** The same without a listener. */
  WaitingQuestions(String name, AbstractStreamOperator<Question> operator, Answerer answerer) {
    this(name, operator, answerer, unused -> {});
  }

  /** Adds a question of the current key. */
  void add(Question question) throws Exception {
    at(question.timeMillis()).add(question);
    timers.registerEventTimeTimer(question.timeMillis(), question.timeMillis());
    waits(question.timeMillis());
  }

  private void waits(long timeMillis) {
    oldestMillis = Math.min(oldestMillis, timeMillis);
    newestMillis = Math.max(newestMillis, timeMillis);
    waiting++;
  }

  /** Counts the questions in state, those of an entity as of the same time as one. */
  void restore() throws Exception {
    timers.forEachEventTimeTimer((timeMillis, timerMillis) -> waits(timerMillis));
  }

  /** The time of the oldest question, or an earlier time; {@link #NONE} if none waits. */
  long oldestMillis() {
    return oldestMillis;
  }

  /** Whether no question waits. */
  boolean isEmpty() {
    return newestMillis == Long.MIN_VALUE;
  }

  /** How many questions wait; after a restart those of an entity as of the same time are one. */
  long waiting() {
    return waiting;
  }

  /** Answers the questions as of times up to that one, in the order of their times. */
  void release(long timeMillis) throws Exception {
    timers.advanceWatermark(timeMillis);
    if (timeMillis >= newestMillis) {
      oldestMillis = NONE;
      newestMillis = Long.MIN_VALUE;
      waiting = 0;
    }
  }

  private void onTime(InternalTimer<String, Long> timer) throws Exception {
    ListState<Question> questions = at(timer.getNamespace());
    waiting = Math.max(0, waiting - answerer.answer(timer.getKey(), questions.get()));
    at(timer.getNamespace()).clear();
    timesSinceStep++;
    if (timesSinceStep >= STEP) {
      timesSinceStep = 0;
      answered.answeredUpTo(timer.getTimestamp() - 1);
    }
  }

  private ListState<Question> at(long timeMillis) throws Exception {
    return operator.getPartitionedState(timeMillis, LongSerializer.INSTANCE, descriptor);
  }
}
