package dev.millrace.features.operator;

import dev.millrace.features.skew.SkewSample;
import dev.millrace.features.skew.SkewSampleSerializer;
import dev.millrace.features.source.Question;
import dev.millrace.features.source.Question.Values;
import dev.millrace.features.source.ViewEvent;
import dev.millrace.features.view.LookupUse;
import dev.millrace.features.view.ViewFingerprint;
import dev.millrace.features.view.ViewPlan;
import dev.millrace.schemas.pipeline.Pipeline;
import java.io.IOException;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Answers the questions of one lookup. Keyed by entity: input 1 are questions by the entity that
 * they ask about, input 2 events of the lookup's view. A question that is an event of its entity,
 * too, is added first. The answers are as of the question's time. The output is the questions with
 * the answers, with the watermarks of the questions; the side output {@link #FEED} is the rows of
 * the online store.
 *
 * <p>It is an operator instead of a process function, because only an operator sees the watermarks
 * of its inputs apart, and can write the states of the {@link EntityCache} when a checkpoint
 * begins.
 */
@SuppressWarnings("NullAway.Init") // Flink opens an operator before it calls anything else
public class LookupOperator extends AbstractStreamOperator<Question>
    implements TwoInputStreamOperator<Question, ViewEvent, Question> {
  /** The side output of rows, empty unless the lookup feeds its view's topic. */
  public static final OutputTag<FeedRow> FEED = new OutputTag<>("feed", FeedRowSerializer.TYPE);

  /** The side output of comparisons of answers, empty in an aligned pipeline. */
  public static final OutputTag<SkewSample> SKEW =
      new OutputTag<>("skew", SkewSampleSerializer.TYPE);

  private static final long serialVersionUID = 1L;
  private static final int QUESTIONS = 0;

  private final String pipeline;
  private final LookupUse use;
  private final long fingerprint;
  private final Pace pace;

  private transient LookupClocks clocks;
  private transient ViewPlan plan;
  private transient EntityStates states;
  private transient @Nullable WaitingQuestions waiting;
  private transient @Nullable SkewCheck skew;
  private transient @Nullable Feed feed;
  private transient EntityEnds ends;
  private transient LookupProgress progress;
  private transient LookupMetrics measured;

  public LookupOperator(Pipeline pipeline, LookupUse use) {
    this(pipeline, use, Pace.STANDARD);
  }

  LookupOperator(Pipeline pipeline, LookupUse use, Pace pace) {
    this.pipeline = pipeline.name();
    this.use = use;
    this.fingerprint = ViewFingerprint.of(pipeline, use.view());
    this.pace = pace;
  }

  @Override
  public void open() throws Exception {
    super.open();
    clocks =
        new LookupClocks(
            use.ofScored(),
            use.align(),
            use.view().delay().toMillis(),
            use.backfill() != null,
            use.ofScored() && use.queued());
    plan = new ViewPlan(use.view(), use.align());
    ValueState<byte[]> entities =
        getRuntimeContext()
            .getState(
                new ValueStateDescriptor<>(
                    "entity", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    states =
        new EntityStates(
            plan,
            fingerprint,
            use.view().name(),
            pace.cacheBytes(),
            entities,
            this,
            this::closedMillis);
    measured = new LookupMetrics(getMetricGroup(), pipeline, use);
    measured.watch(clocks, states);
    if (use.align() || use.backfill() != null) {
      openWaiting();
    }
    if (use.feeds()) {
      feed =
          Feed.open(
              new Feed.Parts(use, plan, pace, clocks, states, measured),
              this,
              row -> output.collect(FEED, new StreamRecord<>(row, row.asOfMillis())));
    }
    ends =
        new EntityEnds(
            plan,
            use.align(),
            states,
            clocks,
            this::closedMillis,
            feed,
            SlicedTimers.of(this, "expiry", pace, () -> false, timer -> ends.end(timer.getKey())));
    if (!use.align()) {
      skew =
          new SkewCheck(
              use,
              plan,
              clocks,
              states,
              this,
              getRuntimeContext(),
              measured.group(),
              pace.skewOneOf(),
              sample -> output.collect(SKEW, new StreamRecord<>(sample, sample.timeMillis())));
    }
    progress = new LookupProgress(clocks, waiting, skew, ends, feed, output);
  }

  private void openWaiting() throws Exception {
    WaitingQuestions opened =
        new WaitingQuestions(
            "answers", this, this::answerAll, timeMillis -> progress.answeredUpTo(timeMillis));
    opened.restore();
    measured.watch(opened);
    waiting = opened;
  }

  @Override
  public void processElement1(StreamRecord<Question> element) throws Exception {
    Question question = element.getValue();
    String entity = question.entities()[use.index()];
    if (entity == null) {
      output.collect(element);
      return;
    }
    long timeMillis = question.timeMillis();
    Values own = question.own()[use.index()];
    EntityState state = states.find(entity);
    if (own != null) {
      if (clocks.isLateQuestion(timeMillis)) {
        measured.late();
      }
      state = add(entity, state, timeMillis, question.order(), own.slots());
      question = question.added(use.index());
    }
    if (waiting == null || timeMillis <= clocks.releaseMillis()) {
      answerAndRemember(question, state, entity);
    } else {
      waiting.add(question);
      progress.questionWaits();
    }
    if (state != null) {
      keep(entity, state, own != null, timeMillis, true);
    }
  }

  @Override
  public void processElement2(StreamRecord<ViewEvent> element) throws Exception {
    ViewEvent event = element.getValue();
    if (clocks.isLateEvent(event.timeMillis())) {
      measured.late();
    }
    add(event);
  }

  /** Adds an event of the current key. */
  final void add(ViewEvent event) throws IOException {
    EntityState state =
        add(
            event.entity(),
            states.find(event.entity()),
            event.timeMillis(),
            event.order(),
            event.values());
    keep(event.entity(), state, true, event.timeMillis(), false);
  }

  /** Adds an event to the entity of the current key, and returns the entity's state. */
  private EntityState add(
      String entity,
      @Nullable EntityState found,
      long timeMillis,
      long order,
      @Nullable Object[] values) {
    EntityState state = found == null ? EntityState.empty(plan.plan()) : found;
    state.add(timeMillis, order, values, closedMillis(entity));
    if (found == null) {
      ends.expect(state);
    }
    return state;
  }

  /** The time up to which no question is expected any more, nor one to be answered again. */
  private long closedMillis(String entity) {
    long closedMillis = clocks.closedMillis();
    return skew == null || clocks.isStopped() || !skew.samples(entity)
        ? closedMillis
        : Math.min(closedMillis, clocks.passedMillis());
  }

  private void keep(
      String entity, EntityState state, boolean added, long timeMillis, boolean asked) {
    if (added && feed != null) {
      feed.added(entity, state, timeMillis, asked);
    }
    states.keep(entity, state, added);
  }

  private int answerAll(String entity, Iterable<Question> questions) throws Exception {
    EntityState state = states.find(entity);
    int answered = 0;
    for (Question question : questions) {
      answerAndRemember(question, state, entity);
      answered++;
    }
    if (state != null) {
      states.keep(entity, state, false);
    }
    return answered;
  }

  private void answerAndRemember(Question question, @Nullable EntityState state, String entity)
      throws Exception {
    Question answered = answer(question, state);
    if (skew != null && !clocks.hasPassed(question.timeMillis()) && skew.samples(entity)) {
      skew.remember(answered);
    }
  }

  private Question answer(Question question, @Nullable EntityState state) {
    long timeMillis = question.timeMillis();
    boolean complete = clocks.hasPassed(timeMillis) && timeMillis > clocks.closedMillis();
    measured.answered(complete);
    Question.Part part = state == null ? null : state.answer(timeMillis, plan.keepMillis());
    Question answered = question.answered(use.index(), part, complete);
    output.collect(new StreamRecord<>(answered, timeMillis));
    return answered;
  }

  /** For the measurement of memory and of the cache. */
  EntityStates states() {
    return states;
  }

  /** The entities in memory that wait for their row. */
  int waitingRows() {
    return feed == null ? 0 : feed.waiting();
  }

  @Override
  public void processWatermark1(Watermark watermark) throws Exception {
    clocks.questions(watermark.getTimestamp());
    progress.advance();
  }

  @Override
  public void processWatermark2(Watermark watermark) throws Exception {
    clocks.events(watermark.getTimestamp());
    progress.advance();
  }

  @Override
  protected void processWatermarkStatus(WatermarkStatus status, int input) throws Exception {
    if (input == QUESTIONS) {
      clocks.questionsIdle(status.isIdle());
    } else {
      clocks.eventsIdle(status.isIdle());
    }
    progress.advance();
  }

  /** The clean topic was backfilled up to a watermark. */
  final void backfilled(Watermark watermark) throws Exception {
    clocks.backfill(watermark.getTimestamp());
    progress.advance();
  }

  /** All questions have come that waited at lookups before this one. */
  final void endQueue() throws Exception {
    clocks.endQueue();
    progress.advance();
  }

  /** All topics were backfilled: what waited is answered. */
  final void endBackfill() throws Exception {
    clocks.endBackfill();
    progress.advance();
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    states.flush();
    if (feed != null) {
      feed.snapshot();
    }
    super.snapshotState(context);
  }
}
