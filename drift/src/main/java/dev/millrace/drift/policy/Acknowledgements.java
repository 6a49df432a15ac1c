package dev.millrace.drift.policy;

import dev.millrace.drift.window.TumblingWindows;
import dev.millrace.schemas.avro.Alert;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The acknowledgements of a model version. A job that reads its topics again may read an
 * acknowledgement before the windows that it is about: it counts as soon as the episode begins. Not
 * thread-safe.
 */
final class Acknowledgements {
  private final String modelVersion;
  private final TumblingWindows windows;
  private final long dueAfterMillis;
  private final Episodes episodes;
  private final List<Acknowledgement> early;

  /**
   * @param dueAfterMillis time from the end of a window until the last signal about it
   * @param early those of episodes that had not begun in an earlier run
   */
  Acknowledgements(
      String modelVersion,
      TumblingWindows windows,
      long dueAfterMillis,
      Episodes episodes,
      List<Acknowledgement> early) {
    this.modelVersion = modelVersion;
    this.windows = windows;
    this.dueAfterMillis = dueAfterMillis;
    this.episodes = episodes;
    this.early = new ArrayList<>(early);
  }

  /** Those of episodes that have not begun. */
  List<Acknowledgement> early() {
    return List.copyOf(early);
  }

  /**
   * Acknowledges an episode, now or when it begins.
   *
   * @param closedMillis end of the newest window that was decided
   * @return null if the episode does not last, or has been acknowledged
   */
  @Nullable Alert add(Acknowledgement acknowledgement, long closedMillis, long nowMillis) {
    Alert alert = episodes.acknowledge(acknowledgement, nowMillis);
    if (alert == null && mayBegin(acknowledgement, closedMillis)) {
      early.add(acknowledgement);
    }
    return alert;
  }

  /** The alerts about episodes that were acknowledged before they began. */
  List<Alert> begun(long closedMillis, long nowMillis) {
    List<Alert> alerts = new ArrayList<>();
    for (Acknowledgement each : List.copyOf(early)) {
      Alert alert = episodes.acknowledge(each, nowMillis);
      if (alert != null) {
        alerts.add(alert);
      }
      if (alert != null || !mayBegin(each, closedMillis)) {
        early.remove(each);
      }
    }
    return alerts;
  }

  private boolean mayBegin(Acknowledgement each, long closedMillis) {
    return each.modelVersion().equals(modelVersion)
        && windows.endMillis(each.sinceMillis()) + dueAfterMillis > closedMillis;
  }
}
