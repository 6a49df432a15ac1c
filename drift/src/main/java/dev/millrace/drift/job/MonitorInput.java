package dev.millrace.drift.job;

import dev.millrace.drift.policy.Acknowledgement;
import dev.millrace.drift.policy.CauseSignal;
import dev.millrace.drift.window.WindowPartial;
import org.jspecify.annotations.Nullable;

/** One record for the monitor: exactly one of the components is not null. */
public record MonitorInput(
    @Nullable WindowPartial partial,
    @Nullable CauseSignal signal,
    @Nullable Acknowledgement acknowledgement) {
  static MonitorInput of(WindowPartial partial) {
    return new MonitorInput(partial, null, null);
  }

  static MonitorInput of(CauseSignal signal) {
    return new MonitorInput(null, signal, null);
  }

  static MonitorInput of(Acknowledgement acknowledgement) {
    return new MonitorInput(null, null, acknowledgement);
  }
}
