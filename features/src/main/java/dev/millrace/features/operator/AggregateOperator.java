package dev.millrace.features.operator;

import dev.millrace.features.source.ViewEvent;
import dev.millrace.features.view.ViewFingerprint;
import dev.millrace.features.view.ViewPlan;
import dev.millrace.schemas.flink.job.PipelineMetrics;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Pipeline;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
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
 * Computes one view: for each event a row as of that event. Keyed by entity; each {@link
 * EntityState} is one value of keyed state. It is an operator instead of a process function,
 * because only an operator can write the states of the {@link EntityCache} when a checkpoint
 * begins.
 */
@SuppressWarnings("NullAway.Init") // Flink opens an operator before it calls anything else
public final class AggregateOperator extends AbstractStreamOperator<FeatureRow>
    implements OneInputStreamOperator<ViewEvent, FeatureRow>, Triggerable<String, VoidNamespace> {
  private static final long serialVersionUID = 1L;

  private final String pipeline;
  private final FeatureView view;
  private final long fingerprint;
  private final long cacheBytes;

  private transient ViewPlan plan;
  private transient EntityCache cache;
  private transient ValueState<byte[]> state;
  private transient InternalTimerService<VoidNamespace> timers;
  private transient Counter rows;
  private transient Counter late;
  private transient Counter tombstones;
  private transient long watermarkMillis;

  public AggregateOperator(Pipeline pipeline, FeatureView view) {
    this(pipeline, view, EntityCache.DEFAULT_BYTES);
  }

  /**
   * @param cacheBytes memory for the entities of each task
   */
  AggregateOperator(Pipeline pipeline, FeatureView view, long cacheBytes) {
    this.pipeline = pipeline.name();
    this.view = view;
    this.fingerprint = ViewFingerprint.of(pipeline.source(view.from()), view);
    this.cacheBytes = cacheBytes;
  }

  @Override
  public void open() throws Exception {
    super.open();
    plan = new ViewPlan(view);
    cache = new EntityCache(cacheBytes, this::write);
    state =
        getRuntimeContext()
            .getState(
                new ValueStateDescriptor<>(
                    "entity", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    timers = getInternalTimerService("expiry", VoidNamespaceSerializer.INSTANCE, this);
    watermarkMillis = Long.MIN_VALUE;
    MetricGroup metrics =
        PipelineMetrics.of(getMetricGroup(), pipeline).addGroup("view", view.name());
    rows = metrics.counter("rows_total");
    late = metrics.counter("late_events_total");
    tombstones = metrics.counter("tombstones_total");
    metrics.gauge("cached_entities", (Gauge<Integer>) cache::size);
    metrics.gauge("cache_bytes", (Gauge<Long>) cache::bytes);
  }

  @Override
  public void processElement(StreamRecord<ViewEvent> element) throws Exception {
    ViewEvent event = element.getValue();
    if (event.timeMillis() < watermarkMillis) {
      late.inc();
    }
    EntityState entity = find(event.entity());
    if (entity == null) {
      entity = EntityState.empty(plan.plan());
      expireAfter(event.timeMillis());
    }
    @Nullable Object[] features = entity.add(event, watermarkMillis);
    cache.putChanged(event.entity(), entity);
    FeatureRow row =
        new FeatureRow(
            event.entity(),
            event.timeMillis(),
            event.late(),
            event.eventId(),
            event.partition(),
            event.offset(),
            features);
    output.collect(new StreamRecord<>(row, event.timeMillis()));
    rows.inc();
  }

  /** The state of the current key, from memory or from RocksDB; null if there is none. */
  private @Nullable EntityState find(String key) throws IOException {
    EntityState cached = cache.get(key);
    if (cached != null) {
      return cached;
    }
    byte[] bytes = state.value();
    return bytes == null ? null : EntityState.read(plan.plan(), fingerprint, view.name(), bytes);
  }

  private void write(String key, EntityState entity) {
    setCurrentKey(key);
    try {
      state.update(entity.toBytes(fingerprint, watermarkMillis));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * An entity has one timer, from its first event until its tombstone. When the timer fires, the
   * entity may have had newer events, and the timer is set again.
   */
  private void expireAfter(long newestMillis) {
    timers.registerEventTimeTimer(VoidNamespace.INSTANCE, newestMillis + plan.keepMillis());
  }

  /**
   * When no window holds the entity's newest event and the ttl has passed, its state is dropped and
   * a tombstone follows its rows. A row that is written again after a restart is followed by the
   * tombstone again, since state and timer are restored together.
   */
  @Override
  public void onEventTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
    String key = timer.getKey();
    EntityState entity = find(key);
    if (entity == null) {
      return;
    }
    long endMillis = entity.newestMillis() + plan.keepMillis();
    if (endMillis > watermarkMillis) {
      expireAfter(entity.newestMillis());
      return;
    }
    cache.remove(key);
    state.clear();
    output.collect(new StreamRecord<>(FeatureRow.tombstone(key, endMillis), endMillis));
    tombstones.inc();
  }

  @Override
  public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) {
    throw new IllegalStateException("this operator sets no processing-time timers");
  }

  @Override
  public void processWatermark(Watermark watermark) throws Exception {
    watermarkMillis = watermark.getTimestamp();
    super.processWatermark(watermark);
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    cache.flush();
    super.snapshotState(context);
  }
}
