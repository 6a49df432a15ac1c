package dev.millrace.drift.job;

import dev.millrace.drift.policy.Acknowledgement;
import dev.millrace.drift.policy.CauseSignal;
import dev.millrace.drift.policy.LabelCount;
import dev.millrace.drift.policy.SignalMark;
import dev.millrace.drift.window.WindowPartial;
import org.jspecify.annotations.Nullable;

/** One record for the monitor: exactly one of the components is not null. */
public record MonitorInput(
    @Nullable WindowPartial partial,
    @Nullable CauseSignal signal,
    @Nullable LabelCount labels,
    @Nullable SignalMark mark,
    @Nullable Acknowledgement acknowledgement) {
  static MonitorInput of(WindowPartial partial) {
    return new MonitorInput(partial, null, null, null, null);
  }

  static MonitorInput of(CauseSignal signal) {
    return new MonitorInput(null, signal, null, null, null);
  }

  static MonitorInput of(LabelCount labels) {
    return new MonitorInput(null, null, labels, null, null);
  }

  static MonitorInput of(SignalMark mark) {
    return new MonitorInput(null, null, null, mark, null);
  }

  static MonitorInput of(Acknowledgement acknowledgement) {
    return new MonitorInput(null, null, null, null, acknowledgement);
  }
}
