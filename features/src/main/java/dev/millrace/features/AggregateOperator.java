package dev.millrace.features;

import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.topics.PipelineSchemas;
import dev.millrace.schemas.topics.Topics;
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
 * Computes one view: for each event a row as of that event. Keyed by entity: each {@link Entity} is
 * one value of state. An operator rather than a process function, since entities wait in a {@link
 * TimelineCache} and are written when a checkpoint asks for them.
 */
@SuppressWarnings("NullAway.Init") // Flink opens an operator before it calls anything else
final class AggregateOperator extends AbstractStreamOperator<EncodedRow>
    implements OneInputStreamOperator<ViewEvent, EncodedRow>, Triggerable<String, VoidNamespace> {
  private static final long serialVersionUID = 1L;

  private final FeatureView view;
  private final long fingerprint;
  private final String topic;
  private final Schema rowSchema;
  private final Registries registries;
  private final long cacheBytes;

  private transient ViewPlan plan;
  private transient RowEncoder encoder;
  private transient TimelineCache cache;
  private transient ValueState<byte[]> state;
  private transient InternalTimerService<VoidNamespace> timers;
  private transient Counter rows;
  private transient Counter late;
  private transient Counter tombstones;
  private transient long watermark;

  AggregateOperator(Pipeline pipeline, FeatureView view, Registries registries) {
    this(pipeline, view, registries, TimelineCache.DEFAULT_BYTES);
  }

  /**
   * @param cacheBytes for the entities in memory, of each task
   */
  AggregateOperator(Pipeline pipeline, FeatureView view, Registries registries, long cacheBytes) {
    this.view = view;
    this.fingerprint = Definition.fingerprint(pipeline.source(view.from()), view);
    this.topic = Topics.features(pipeline, view.name());
    this.rowSchema = PipelineSchemas.featureRow(pipeline, view);
    this.registries = registries;
    this.cacheBytes = cacheBytes;
  }

  @Override
  public void open() throws Exception {
    super.open();
    plan = new ViewPlan(view);
    encoder =
        new RowEncoder(AvroEncoder.forTopic(registries.connect(), topic, rowSchema), rowSchema);
    cache = new TimelineCache(cacheBytes, this::write);
    state =
        getRuntimeContext()
            .getState(
                new ValueStateDescriptor<>(
                    "entity", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    timers = getInternalTimerService("expiry", VoidNamespaceSerializer.INSTANCE, this);
    watermark = Long.MIN_VALUE;
    rows = getMetricGroup().counter("rows");
    late = getMetricGroup().counter("lateEvents");
    tombstones = getMetricGroup().counter("tombstones");
    getMetricGroup().gauge("cachedEntities", cache::size);
    getMetricGroup().gauge("cachedBytes", cache::bytes);
  }

  @Override
  public void processElement(StreamRecord<ViewEvent> element) throws Exception {
    ViewEvent event = element.getValue();
    if (event.time() < watermark) {
      late.inc();
    }
    Entity entity = find(event.entity());
    if (entity == null) {
      entity = Entity.fresh(plan.plan());
      expireAfter(event.time());
    }
    @Nullable Object[] features = entity.add(event, watermark);
    cache.changed(event.entity(), entity);
    output.collect(new StreamRecord<>(encoder.encode(event, features), event.time()));
    rows.inc();
  }

  /** What is kept of the current key's entity, in memory or in state. */
  private @Nullable Entity find(String key) throws IOException {
    Entity cached = cache.get(key);
    if (cached != null) {
      return cached;
    }
    byte[] bytes = state.value();
    return bytes == null ? null : Entity.read(plan.plan(), fingerprint, view.name(), bytes);
  }

  private void write(String key, Entity entity) {
    setCurrentKey(key);
    try {
      state.update(entity.toBytes(fingerprint, watermark));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * One timer an entity, from its first event until its tombstone: when it is due, the entity may
   * have had events since.
   */
  private void expireAfter(long newest) {
    timers.registerEventTimeTimer(VoidNamespace.INSTANCE, newest + plan.keepMillis());
  }

  /**
   * When neither a window nor the ttl reaches the entity's newest event any more, nothing of it is
   * kept, and a tombstone ends its rows. A row that is written again after a restart is followed by
   * the tombstone again, since state and timer are restored together.
   */
  @Override
  public void onEventTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
    String key = timer.getKey();
    Entity entity = find(key);
    if (entity == null) {
      return;
    }
    long end = entity.newest() + plan.keepMillis();
    if (end > watermark) {
      expireAfter(entity.newest());
      return;
    }
    cache.forget(key);
    state.clear();
    output.collect(new StreamRecord<>(RowEncoder.tombstone(key, end), end));
    tombstones.inc();
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
