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
  private final AbstractStreamOperator<Question> operator;
  private final Answerer answerer;
  private final ListStateDescriptor<Question> descriptor;
  private final InternalTimerServiceImpl<?, Long> timers;

  /** Answers the questions of the current key. */
  interface Answerer {
    void answer(String entity, Iterable<Question> questions) throws Exception;
  }

  /**
   * @param name of the state and of the timers
   */
  WaitingQuestions(String name, AbstractStreamOperator<Question> operator, Answerer answerer) {
    this.descriptor = new ListStateDescriptor<>(name, QuestionSerializer.TYPE);
    this.operator = operator;
    this.answerer = answerer;
    EventTimeCallback<Long> callback = this::onTime;
    this.timers =
        (InternalTimerServiceImpl<?, Long>)
            operator.<String, Long>getInternalTimerService(name, LongSerializer.INSTANCE, callback);
  }

  /** Adds a question of the current key. */
  void add(Question question) throws Exception {
    at(question.timeMillis()).add(question);
    timers.registerEventTimeTimer(question.timeMillis(), question.timeMillis());
  }

  /** Answers the questions as of times up to that one, in the order of their times. */
  void release(long timeMillis) throws Exception {
    timers.advanceWatermark(timeMillis);
  }

  private void onTime(InternalTimer<String, Long> timer) throws Exception {
    ListState<Question> waiting = at(timer.getNamespace());
    answerer.answer(timer.getKey(), waiting.get());
    at(timer.getNamespace()).clear();
  }

  private ListState<Question> at(long timeMillis) throws Exception {
    return operator.getPartitionedState(timeMillis, LongSerializer.INSTANCE, descriptor);
  }
}
