package dev.millrace.drift.policy;

import dev.millrace.drift.detect.Verdict;
import dev.millrace.drift.profile.Slice;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The episodes of one cause of a model, after the windows so far.
 *
 * @param verdict of the {@link EpisodeState}
 * @param calmWindows of the {@link EpisodeState}
 * @param sinceMillis of the {@link EpisodeState}; null outside an episode
 * @param episode number of episodes so far, over all versions of the model
 * @param acknowledged whether somebody has acknowledged the present episode
 * @param reached the size of the change, the largest so far until it was acknowledged, since the
 *     last recovery: from 0 to 1, by feature, or of a signal
 */
public record CauseStatus(
    Verdict verdict,
    int calmWindows,
    @Nullable Long sinceMillis,
    int episode,
    boolean acknowledged,
    Map<String, Double> reached) {
  /** Before the first window. */
  static final CauseStatus INITIAL = of(EpisodeState.INITIAL, 0, false, Map.of());

  /** Copies the sizes. */
  public CauseStatus {
    reached = Map.copyOf(reached);
  }

  private static CauseStatus of(
      EpisodeState state, int episode, boolean acknowledged, Map<String, Double> reached) {
    Instant since = state.since();
    return new CauseStatus(
        state.verdict(),
        state.calmWindows(),
        since == null ? null : (Long) since.toEpochMilli(),
        episode,
        acknowledged,
        reached);
  }

  /** The state of the episode. */
  EpisodeState state() {
    return new EpisodeState(
        verdict, calmWindows, sinceMillis == null ? null : Instant.ofEpochMilli(sinceMillis));
  }

  /** Whether an episode lasts. */
  boolean firing() {
    return sinceMillis != null;
  }

  /**
   * The status after one more window. A change that has grown since it was acknowledged begins
   * another episode, which keeps the sizes of the one before: what was acknowledged and has not
   * grown does not fire again when another feature has.
   *
   * @param recoveryWindows number of OK windows in a row that end an episode
   */
  CauseStatus next(CauseFinding window, int recoveryWindows) {
    EpisodeState before = state();
    Instant start = Instant.ofEpochMilli(window.startMillis());
    EpisodeState after = before.next(verdict(window), start, recoveryWindows);
    if (after.firedSince(before)) {
      return of(after, episode + 1, false, window.sizes());
    }
    if (!after.firing()) {
      return of(after, episode, false, Map.of());
    }
    if (window.verdict() != Verdict.DRIFT) {
      return of(after, episode, acknowledged, reached);
    }
    Map<String, Double> largest = new HashMap<>(reached);
    window.sizes().forEach((name, size) -> largest.merge(name, size, Math::max));
    if (!acknowledged) {
      return of(after, episode, false, largest);
    }
    return window.alarms().entrySet().stream()
            .anyMatch(size -> Growth.isNew(reached, size.getKey(), size.getValue()))
        ? of(new EpisodeState(Verdict.DRIFT, 0, start), episode + 1, false, largest)
        : of(after, episode, true, reached);
  }

  /**
   * A window cannot show that a slice has recovered that it has too few predictions of, nor is one
   * calm in which half of the change remains: it is as far from a calm window as from the alarm,
   * and too small to be an alarm by itself.
   */
  private Verdict verdict(CauseFinding window) {
    if (window.verdict() != Verdict.OK) {
      return window.verdict();
    }
    boolean unknown =
        reached.keySet().stream().map(Slice::sliceOf).anyMatch(window.untested()::contains);
    boolean remains =
        window.sizes().entrySet().stream()
            .anyMatch(
                size -> {
                  Double largest = reached.get(size.getKey());
                  return largest != null && size.getValue() >= largest / 2;
                });
    return unknown ? Verdict.INSUFFICIENT : remains ? Verdict.WARNING : Verdict.OK;
  }

  /** The status after the present episode was acknowledged. */
  CauseStatus asAcknowledged() {
    return of(state(), episode, true, reached);
  }

  /** The status before the first window that is compared with another reference. */
  CauseStatus restarted() {
    return of(EpisodeState.INITIAL, episode, false, Map.of());
  }
}
