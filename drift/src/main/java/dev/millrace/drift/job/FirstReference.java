package dev.millrace.drift.job;

import dev.millrace.drift.profile.ModelReference;
import dev.millrace.drift.window.FirstPeriod;
import dev.millrace.drift.window.FirstPeriod.Cut;
import dev.millrace.drift.window.WindowCounts;
import dev.millrace.drift.window.WindowPartial;
import dev.millrace.schemas.pipeline.Drift;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.jspecify.annotations.Nullable;

/** The windows of a {@link FirstPeriod} in Flink's keyed state, and whether it is over. */
final class FirstReference {
  private final ModelReference uncut;
  private final Duration period;
  private final long minSamples;
  private final MapState<Long, WindowPartial> windows;
  private final ValueState<Boolean> over;

  private @Nullable FirstPeriod first;
  private @Nullable Cut cut;

  FirstReference(ModelReference uncut, Drift drift, RuntimeContext runtime) {
    this.uncut = uncut;
    this.period = Objects.requireNonNull(drift.first());
    this.minSamples = drift.minSamples();
    windows =
        runtime.getMapState(
            new MapStateDescriptor<>("first-windows", Long.class, WindowPartial.class));
    over = runtime.getState(new ValueStateDescriptor<>("first-period-over", Boolean.class));
  }

  /** Reads the state of an earlier run; windows that were counted otherwise are dropped. */
  void restore() throws Exception {
    List<WindowPartial> kept = new ArrayList<>();
    windows.values().forEach(kept::add);
    if (kept.stream().anyMatch(window -> !window.reference().equals(uncut.id()))) {
      windows.clear();
      over.clear();
      kept.clear();
    }
    kept.sort(Comparator.comparingLong(WindowPartial::startMillis));
    FirstPeriod restored = new FirstPeriod(uncut, period, minSamples, kept);
    first = restored;
    cut = Boolean.TRUE.equals(over.value()) ? restored.cut() : null;
  }

  /** The reference, as soon as the period is over; until then null. */
  @Nullable Cut cut() {
    return cut;
  }

  /**
   * Cuts the bins if a window begins after the period.
   *
   * @return whether the reference was made now
   */
  boolean endsBefore(long startMillis) throws Exception {
    FirstPeriod period = Objects.requireNonNull(first);
    if (cut != null || !period.isOver(startMillis)) {
      return false;
    }
    cut = period.cut();
    over.update(true);
    return true;
  }

  void add(long startMillis, WindowCounts counts) throws Exception {
    windows.put(startMillis, Objects.requireNonNull(first).add(startMillis, counts));
  }
}
