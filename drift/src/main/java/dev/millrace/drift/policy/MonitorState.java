package dev.millrace.drift.policy;

import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.window.WindowTotals;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.WindowEvidence;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The state of a {@link DriftMonitor}, restored after a restart.
 *
 * @param status null before the first window
 * @param warmUp of the stream
 * @param available data of closed windows
 * @param open counts of windows that are not reported, by their start
 * @param evidence drifted windows that no trigger has reported yet, of the current episode or of
 *     one whose labels may still come
 * @param alerts the newest of each cause
 * @param acknowledgements of episodes that have not begun
 */
public record MonitorState(
    @Nullable ModelStatus status,
    WarmUp warmUp,
    AvailableData available,
    Map<Long, WindowTotals> open,
    List<WindowEvidence> evidence,
    Map<Cause, Alert> alerts,
    List<Acknowledgement> acknowledgements) {
  /** Before the first window of a model. */
  public static final MonitorState INITIAL =
      new MonitorState(
          null, WarmUp.INITIAL, AvailableData.NONE, Map.of(), List.of(), Map.of(), List.of());

  /** Copies the collections. */
  public MonitorState {
    open = Map.copyOf(open);
    evidence = List.copyOf(evidence);
    alerts = Map.copyOf(alerts);
    acknowledgements = List.copyOf(acknowledgements);
  }
}
