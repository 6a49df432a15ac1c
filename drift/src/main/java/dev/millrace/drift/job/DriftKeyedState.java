package dev.millrace.drift.job;

import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.policy.Acknowledgement;
import dev.millrace.drift.policy.Agenda;
import dev.millrace.drift.policy.AvailableData;
import dev.millrace.drift.policy.CauseSignal;
import dev.millrace.drift.policy.LabelCount;
import dev.millrace.drift.policy.ModelStatus;
import dev.millrace.drift.policy.MonitorState;
import dev.millrace.drift.policy.SignalInputs;
import dev.millrace.drift.policy.WarmUp;
import dev.millrace.drift.window.OpenWindows;
import dev.millrace.drift.window.WindowPartial;
import dev.millrace.drift.window.WindowTotals;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.WindowEvidence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.util.FlinkRuntimeException;
import org.jspecify.annotations.Nullable;

/** Flink's keyed state of one model: its open windows and the state of its monitor. */
final class DriftKeyedState implements OpenWindows.Store {
  private final MapState<Long, WindowPartial> windows;
  private final MapState<Long, WindowTotals> counts;
  private final ValueState<ModelStatus> status;
  private final ValueState<WarmUp> warmUp;
  private final ValueState<AvailableData> available;
  private final MapState<Cause, Alert> alerts;
  private final ListState<WindowEvidence> evidence;
  private final ListState<CauseSignal> signals;
  private final ListState<LabelCount> labels;
  private final ListState<Acknowledgement> acknowledgements;
  private final ValueState<byte[]> comparison;
  private final ValueState<byte[]> delivery;

  DriftKeyedState(RuntimeContext runtime) {
    windows =
        runtime.getMapState(new MapStateDescriptor<>("windows", Long.class, WindowPartial.class));
    counts =
        runtime.getMapState(new MapStateDescriptor<>("counts", Long.class, WindowTotals.class));
    status = runtime.getState(new ValueStateDescriptor<>("status", ModelStatus.class));
    warmUp = runtime.getState(new ValueStateDescriptor<>("warm-up", WarmUp.class));
    available = runtime.getState(new ValueStateDescriptor<>("available", AvailableData.class));
    comparison = runtime.getState(new ValueStateDescriptor<>("comparison", byte[].class));
    delivery = runtime.getState(new ValueStateDescriptor<>("delivery", byte[].class));
    alerts =
        runtime.getMapState(
            new MapStateDescriptor<>(
                "alerts", TypeInformation.of(Cause.class), new AvroTypeInfo<>(Alert.class)));
    evidence =
        runtime.getListState(
            new ListStateDescriptor<>("evidence", new AvroTypeInfo<>(WindowEvidence.class)));
    signals = runtime.getListState(new ListStateDescriptor<>("signals", CauseSignal.class));
    labels = runtime.getListState(new ListStateDescriptor<>("labels", LabelCount.class));
    acknowledgements =
        runtime.getListState(new ListStateDescriptor<>("acknowledgements", Acknowledgement.class));
  }

  MonitorState read() throws Exception {
    Map<Long, WindowTotals> open = new HashMap<>();
    for (Map.Entry<Long, WindowTotals> entry : counts.entries()) {
      open.put(entry.getKey(), entry.getValue());
    }
    Map<Cause, Alert> newest = new HashMap<>();
    for (Map.Entry<Cause, Alert> entry : alerts.entries()) {
      newest.put(entry.getKey(), entry.getValue());
    }
    return new MonitorState(
        status.value(),
        orElse(warmUp.value(), WarmUp.INITIAL),
        orElse(available.value(), AvailableData.NONE),
        open,
        list(evidence.get()),
        newest,
        list(acknowledgements.get()));
  }

  /** The windows with predictions that wait, the signals, and the labels. */
  Agenda agenda(long windowMillis, SignalInputs inputs) throws Exception {
    return new Agenda(
        windowMillis, inputs, list(windows.keys()), list(signals.get()), list(labels.get()));
  }

  void write(Agenda agenda) throws Exception {
    signals.update(agenda.signals());
    labels.update(agenda.labels());
  }

  void write(MonitorState state) throws Exception {
    status.update(state.status());
    warmUp.update(state.warmUp());
    available.update(state.available());
    counts.clear();
    counts.putAll(state.open());
    evidence.update(state.evidence());
    alerts.clear();
    alerts.putAll(state.alerts());
    acknowledgements.update(state.acknowledgements());
  }

  /** The state of the comparison; null before the first window. */
  byte @Nullable [] comparison() throws Exception {
    return comparison.value();
  }

  /** The calm windows of how inputs were delivered; null before the first window. */
  byte @Nullable [] delivery() throws Exception {
    return delivery.value();
  }

  void writeDelivery(byte[] calmWindows) throws Exception {
    delivery.update(calmWindows);
  }

  void write(byte[] comparisonState) throws Exception {
    comparison.update(comparisonState);
  }

  /**
   * Removes all windows and what was learned from earlier ones; returns the number of their
   * predictions.
   */
  long dropWindows() throws Exception {
    long samples = 0;
    for (WindowPartial window : windows.values()) {
      samples += window.samples();
    }
    windows.clear();
    comparison.clear();
    delivery.clear();
    return samples;
  }

  @Override
  public @Nullable WindowPartial get(long startMillis) {
    try {
      return windows.get(startMillis);
    } catch (Exception e) {
      throw new FlinkRuntimeException(e);
    }
  }

  @Override
  public void put(WindowPartial window) {
    try {
      windows.put(window.startMillis(), window);
    } catch (Exception e) {
      throw new FlinkRuntimeException(e);
    }
  }

  @Override
  public void remove(long startMillis) {
    try {
      windows.remove(startMillis);
    } catch (Exception e) {
      throw new FlinkRuntimeException(e);
    }
  }

  private static <T> List<T> list(Iterable<T> values) {
    List<T> list = new ArrayList<>();
    values.forEach(list::add);
    return list;
  }

  private static <T> T orElse(@Nullable T value, T otherwise) {
    return value == null ? otherwise : value;
  }
}
