package dev.millrace.features.operator;

import dev.millrace.features.source.Question;
import dev.millrace.features.source.ViewEvent;
import dev.millrace.features.view.LookupUse;
import dev.millrace.schemas.pipeline.Pipeline;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.Input;
import org.apache.flink.streaming.api.operators.MultipleInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.LatencyMarker;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * A lookup whose view is backfilled. Its inputs are the questions, the events of the live sources,
 * the clean topic of the backfill and, if the view reads late events, the late topic of the
 * backfill. The backfill has ended when both of its inputs have the last watermark. Flink sends
 * that again after a restart, when their sources are restored as finished.
 *
 * <p>They are inputs of their own, since in a union with the live events a last watermark would be
 * taken for the progress of a live source that is idle.
 */
@SuppressWarnings("NullAway.Init") // Flink initializes an operator before it calls anything else
public final class BackfilledLookupOperator extends LookupOperator
    implements MultipleInputStreamOperator<Question> {
  private static final long serialVersionUID = 1L;
  private static final ListStateDescriptor<Boolean> CAUGHT_UP =
      new ListStateDescriptor<>("caught-up", Types.BOOLEAN);

  private final int lookup;
  private final boolean readsLate;
  private transient int open;
  private transient ListState<Boolean> caughtUp;
  private transient boolean restoredCaughtUp;

  public BackfilledLookupOperator(Pipeline pipeline, LookupUse use) {
    this(pipeline, use, Pace.STANDARD);
  }

  BackfilledLookupOperator(Pipeline pipeline, LookupUse use, Pace pace) {
    super(pipeline, use, pace);
    this.lookup = use.index();
    this.readsLate = use.backfill() != null && use.backfill().lateUntil() != null;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    // Of all subtasks: after a restart with another parallelism each may get any question.
    caughtUp = context.getOperatorStateStore().getUnionListState(CAUGHT_UP);
    int subtasks = 0;
    int others = 0;
    for (boolean each : caughtUp.get()) {
      subtasks++;
      others += each ? 0 : 1;
    }
    // None: the job is restored from the state of another generation, which has no such operator.
    restoredCaughtUp = subtasks > 0 && others == 0;
  }

  @Override
  public void open() throws Exception {
    super.open();
    open = readsLate ? 2 : 1;
    if (restoredCaughtUp) {
      restoreCaughtUp();
    }
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    caughtUp.update(List.of(isCaughtUp()));
  }

  @Override
  @SuppressWarnings("rawtypes")
  public List<Input> getInputs() {
    List<Input> inputs = new ArrayList<>();
    inputs.add(
        new In<Question>(
            question -> question.routing(lookup),
            this::processElement1,
            this::processWatermark1,
            this::processWatermarkStatus1));
    inputs.add(
        new In<>(
            ViewEvent::entity,
            this::processElement2,
            this::processWatermark2,
            this::processWatermarkStatus2));
    inputs.add(backfill(this::backfilled));
    if (readsLate) {
      inputs.add(backfill(watermark -> {}));
    }
    return inputs;
  }

  private In<ViewEvent> backfill(Step<Watermark> progress) {
    return new In<>(
        ViewEvent::entity,
        element -> add(element.getValue()),
        watermark -> {
          if (watermark.getTimestamp() < Watermark.MAX_WATERMARK.getTimestamp()) {
            progress.take(watermark);
          } else if (--open == 0) {
            endBackfill();
          }
        },
        status -> {});
  }

  private interface Step<T> {
    void take(T value) throws Exception;
  }

  /** One input, keyed by entity. */
  private final class In<T> implements Input<T> {
    private final Function<T, String> key;
    private final Step<StreamRecord<T>> elements;
    private final Step<Watermark> watermarks;
    private final Step<WatermarkStatus> statuses;

    In(
        Function<T, String> key,
        Step<StreamRecord<T>> elements,
        Step<Watermark> watermarks,
        Step<WatermarkStatus> statuses) {
      this.key = key;
      this.elements = elements;
      this.watermarks = watermarks;
      this.statuses = statuses;
    }

    @Override
    public void processElement(StreamRecord<T> element) throws Exception {
      elements.take(element);
    }

    @Override
    public void processWatermark(Watermark watermark) throws Exception {
      watermarks.take(watermark);
    }

    @Override
    public void processWatermarkStatus(WatermarkStatus status) throws Exception {
      statuses.take(status);
    }

    @Override
    public void processLatencyMarker(LatencyMarker marker) throws Exception {
      BackfilledLookupOperator.this.processLatencyMarker(marker);
    }

    @Override
    public void setKeyContextElement(StreamRecord<T> element) {
      setCurrentKey(key.apply(element.getValue()));
    }
  }
}
