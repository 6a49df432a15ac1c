package dev.millrace.features;

import dev.millrace.features.aggregate.Timeline;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.wire.AvroEncoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.Schema;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * Computes one view: for each event a row as of that event. Keyed by entity, whose {@link Timeline}
 * is one value of state. An operator rather than a process function, since timelines wait in a
 * {@link TimelineCache} and are written when a checkpoint asks for them.
 */
@SuppressWarnings("NullAway.Init") // Flink opens an operator before it calls anything else
final class AggregateOperator extends AbstractStreamOperator<EncodedRow>
    implements OneInputStreamOperator<ViewEvent, EncodedRow>, Triggerable<String, VoidNamespace> {
  private static final long serialVersionUID = 1L;

  private final FeatureView view;
  private final String topic;
  private final Schema rowSchema;
  private final Registries registries;

  private transient ViewPlan plan;
  private transient RowEncoder encoder;
  private transient TimelineCache cache;
  private transient ValueState<byte[]> state;
  private transient InternalTimerService<VoidNamespace> timers;
  private transient Counter rows;
  private transient Counter late;
  private transient long watermark;

  /**
   * @param topic that the rows go to, whose subject has their schema
   */
  AggregateOperator(FeatureView view, String topic, Schema rowSchema, Registries registries) {
    this.view = view;
    this.topic = topic;
    this.rowSchema = rowSchema;
    this.registries = registries;
  }

  @Override
  public void open() throws Exception {
    super.open();
    plan = new ViewPlan(view);
    encoder =
        new RowEncoder(AvroEncoder.forTopic(registries.connect(), topic, rowSchema), rowSchema);
    cache = new TimelineCache(this::write);
    state =
        getRuntimeContext()
            .getState(
                new ValueStateDescriptor<>(
                    "timeline", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    timers = getInternalTimerService("expiry", VoidNamespaceSerializer.INSTANCE, this);
    watermark = Long.MIN_VALUE;
    rows = getMetricGroup().counter("rows");
    late = getMetricGroup().counter("lateEvents");
    getMetricGroup().gauge("cachedEntities", cache::size);
  }

  @Override
  public void processElement(StreamRecord<ViewEvent> element) throws Exception {
    ViewEvent event = element.getValue();
    if (event.time() < watermark) {
      late.inc();
    }
    Timeline timeline = cache.get(event.entity());
    if (timeline == null) {
      timeline = read();
    }
    boolean fresh = timeline.size() == 0;
    @Nullable Object[] features = timeline.add(event.time(), event.values(), watermark);
    if (timeline.size() > 0) {
      if (fresh) {
        expireAfter(timeline);
      }
      cache.changed(event.entity(), timeline);
    }
    output.collect(new StreamRecord<>(encoder.encode(event, features), event.time()));
    rows.inc();
  }

  private Timeline read() throws IOException {
    byte[] bytes = state.value();
    return bytes == null ? new Timeline(plan.plan()) : Timeline.read(plan.plan(), bytes);
  }

  private void write(String entity, Timeline timeline) {
    setCurrentKey(entity);
    try {
      byte[] bytes = timeline.toBytes(watermark);
      if (bytes == null) {
        state.clear();
      } else {
        state.update(bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One timer an entity at a time: when it is due, the entity may have had events since. */
  private void expireAfter(Timeline timeline) {
    timers.registerEventTimeTimer(
        VoidNamespace.INSTANCE, timeline.newest() + plan.plan().retentionMillis());
  }

  @Override
  public void onEventTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
    String entity = timer.getKey();
    Timeline timeline = cache.get(entity);
    if (timeline == null) {
      timeline = read();
    }
    if (timeline.toBytes(watermark) == null) {
      cache.forget(entity);
      state.clear();
    } else {
      expireAfter(timeline);
    }
  }

  @Override
  public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) {
    throw new IllegalStateException("there are no timers of processing time");
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    watermark = mark.getTimestamp();
    super.processWatermark(mark);
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    cache.flush();
    super.snapshotState(context);
  }
}
