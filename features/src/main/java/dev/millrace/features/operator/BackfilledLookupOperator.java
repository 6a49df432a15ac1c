package dev.millrace.features.operator;

import dev.millrace.features.source.Question;
import dev.millrace.features.source.ViewEvent;
import dev.millrace.features.view.LookupUse;
import dev.millrace.schemas.pipeline.Pipeline;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.flink.streaming.api.operators.Input;
import org.apache.flink.streaming.api.operators.MultipleInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.LatencyMarker;
import org.apache.flink.streaming.runtime.streamrecord.RecordAttributes;
import org.apache.flink.streaming.runtime.streamrecord.RecordAttributesBuilder;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * A lookup whose view is backfilled. Its inputs are the questions, the events of the live sources,
 * the clean topic of the backfill and, if the view reads late events, the late topic of the
 * backfill. The backfill has ended when both of its inputs have the last watermark. Flink sends
 * that again after a restart, when their sources are restored as finished.
 *
 * <p>The questions of each lookup that is backfilled wait at it, and come to the next one when its
 * backfill has ended. Record attributes tell the next lookup when the last of them has come:
 * watermarks cannot, since some of them are newer than the watermark.
 *
 * <p>The topics of the backfill are inputs of their own, since in a union with the live events a
 * last watermark would be taken for the progress of a live source that is idle.
 */
@SuppressWarnings("NullAway.Init") // Flink initializes an operator before it calls anything else
public final class BackfilledLookupOperator extends LookupOperator
    implements MultipleInputStreamOperator<Question> {
  private static final long serialVersionUID = 1L;
  private final int lookup;
  private final boolean readsLate;
  private final boolean startsQueued;
  private transient boolean queued;
  private transient int openBackfills;

  public BackfilledLookupOperator(Pipeline pipeline, LookupUse use) {
    this(pipeline, use, Pace.STANDARD);
  }

  BackfilledLookupOperator(Pipeline pipeline, LookupUse use, Pace pace) {
    super(pipeline, use, pace);
    this.lookup = use.index();
    this.readsLate = use.backfill() != null && use.backfill().lateUntil() != null;
    this.startsQueued = use.queued();
  }

  @Override
  public void open() throws Exception {
    super.open();
    queued = startsQueued;
    openBackfills = readsLate ? 2 : 1;
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
            this::processWatermarkStatus1,
            this::queue));
    inputs.add(
        new In<>(
            ViewEvent::entity,
            this::processElement2,
            this::processWatermark2,
            this::processWatermarkStatus2,
            attributes -> {}));
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
          } else if (--openBackfills == 0) {
            endBackfill();
            endQueueOfNext();
          }
        },
        status -> {},
        attributes -> {});
  }

  /** Flink calls it with the attributes of all channels: a backlog ends when it ended in each. */
  private void queue(RecordAttributes attributes) throws Exception {
    if (queued && !attributes.isBacklog()) {
      queued = false;
      endQueue();
      endQueueOfNext();
    }
  }

  /** Tells the next lookup that all questions that waited have been sent to it. */
  private void endQueueOfNext() {
    if (openBackfills == 0 && !queued) {
      output.emitRecordAttributes(new RecordAttributesBuilder(List.of()).setBacklog(false).build());
    }
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
    private final Step<RecordAttributes> attributes;

    In(
        Function<T, String> key,
        Step<StreamRecord<T>> elements,
        Step<Watermark> watermarks,
        Step<WatermarkStatus> statuses,
        Step<RecordAttributes> attributes) {
      this.key = key;
      this.elements = elements;
      this.watermarks = watermarks;
      this.statuses = statuses;
      this.attributes = attributes;
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
    public void processRecordAttributes(RecordAttributes changed) throws Exception {
      attributes.take(changed);
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
