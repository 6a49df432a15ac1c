package dev.millrace.drift.job;

import dev.millrace.drift.quality.OpenSlices;
import dev.millrace.drift.quality.QualityPartial;
import dev.millrace.drift.quality.QualityReports.Window;
import dev.millrace.drift.quality.SlicePartial;
import dev.millrace.schemas.flink.job.PipelineMetrics;
import java.io.Serializable;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.FlinkRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * Second phase of quality: adds up the partials of a window, and emits what a {@link Closing} makes
 * of them when the watermark has passed the window's end and the delay after it. The key is the
 * window, the model version and the role.
 *
 * @param <T> what is emitted
 */
final class QualityWindows<T> extends KeyedProcessFunction<String, QualityPartial, T> {
  private static final long serialVersionUID = 1L;

  private final String pipeline;
  private final String lateCounter;
  private final long closesAfterMillis;
  private final Closing<T> closing;

  @SuppressWarnings("NullAway.Init")
  private transient ValueState<Window> window;

  @SuppressWarnings("NullAway.Init")
  private transient KeyedSlices slices;

  @SuppressWarnings("NullAway.Init")
  private transient Counter late;

  /** Makes results of the counts of a window. */
  interface Closing<T> extends Serializable {
    void close(Window window, Map<String, SlicePartial> slices, Collector<T> out);
  }

  /**
   * @param pipeline its name
   * @param lateCounter name of the metric of rows whose window was closed before they came
   * @param closesAfterMillis time from the start of a window until it closes, in event time
   */
  QualityWindows(String pipeline, String lateCounter, long closesAfterMillis, Closing<T> closing) {
    this.pipeline = pipeline;
    this.lateCounter = lateCounter;
    this.closesAfterMillis = closesAfterMillis;
    this.closing = closing;
  }

  @Override
  public void open(OpenContext context) {
    var runtime = getRuntimeContext();
    window = runtime.getState(new ValueStateDescriptor<>("window", Window.class));
    slices =
        new KeyedSlices(
            runtime.getMapState(
                new MapStateDescriptor<>("slices", String.class, SlicePartial.class)),
            runtime.getMapState(
                new MapStateDescriptor<>("limits", String.class, OpenSlices.Limit.class)));
    late = PipelineMetrics.of(runtime.getMetricGroup(), pipeline).counter(lateCounter);
  }

  @Override
  public void processElement(QualityPartial partial, Context context, Collector<T> out)
      throws Exception {
    long closingMillis = partial.startMillis() + closesAfterMillis - 1;
    if (closingMillis <= context.timerService().currentWatermark()) {
      late.inc();
      return;
    }
    if (window.value() == null) {
      window.update(new Window(partial.modelVersion(), partial.role(), partial.startMillis()));
      context.timerService().registerEventTimeTimer(closingMillis);
    }
    OpenSlices open = new OpenSlices(slices);
    partial.slices().forEach(open::add);
  }

  @Override
  public void onTimer(long timeMillis, OnTimerContext context, Collector<T> out) throws Exception {
    Window closed = window.value();
    if (closed == null) {
      return;
    }
    long closingMillis = closed.startMillis() + closesAfterMillis - 1;
    if (timeMillis < closingMillis) { // The maturity has been prolonged.
      context.timerService().registerEventTimeTimer(closingMillis);
      return;
    }
    closing.close(closed, new OpenSlices(slices).byName(), out);
    window.clear();
    slices.clear();
  }

  /** The slices of the current key. */
  private static final class KeyedSlices implements OpenSlices.Store {
    private final MapState<String, SlicePartial> slices;
    private final MapState<String, OpenSlices.Limit> limits;

    KeyedSlices(MapState<String, SlicePartial> slices, MapState<String, OpenSlices.Limit> limits) {
      this.slices = slices;
      this.limits = limits;
    }

    @Override
    public @Nullable SlicePartial slice(String name) {
      return call(() -> slices.get(name));
    }

    @Override
    public void put(SlicePartial slice) {
      call(
          () -> {
            slices.put(slice.slice(), slice);
            return slice;
          });
    }

    @Override
    public void remove(String name) {
      call(
          () -> {
            slices.remove(name);
            return name;
          });
    }

    @Override
    public Iterable<SlicePartial> slices() {
      return call(slices::values);
    }

    @Override
    public OpenSlices.@Nullable Limit limit(String field) {
      return call(() -> limits.get(field));
    }

    @Override
    public void limit(String field, OpenSlices.Limit limit) {
      call(
          () -> {
            limits.put(field, limit);
            return limit;
          });
    }

    void clear() {
      slices.clear();
      limits.clear();
    }

    private interface Call<R> {
      R run() throws Exception;
    }

    private static <R> R call(Call<R> call) {
      try {
        return call.run();
      } catch (Exception e) {
        throw new FlinkRuntimeException(e);
      }
    }
  }
}
