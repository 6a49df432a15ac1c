package dev.millrace.drift.policy;

import dev.millrace.drift.detect.Verdict;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The drift state of a model version after the windows so far. DRIFT is latched: it begins an
 * episode, which ends when enough windows in a row are OK. Windows must come in order.
 *
 * @param verdict the state: INSUFFICIENT, OK, WARNING or DRIFT
 * @param calmWindows OK windows since the last DRIFT window of the episode
 * @param since start of the window that began the episode; null outside one
 */
public record EpisodeState(Verdict verdict, int calmWindows, @Nullable Instant since) {
  /** The state before the first window. */
  public static final EpisodeState INITIAL = new EpisodeState(Verdict.INSUFFICIENT, 0, null);

  /**
   * The state after one more window. In an episode only a DRIFT window restarts the count of OK
   * windows; a WARNING allows ten times the budget, so it is usual among calm windows.
   *
   * @param window the window's verdict
   * @param windowStart start of the window
   * @param recoveryWindows number of OK windows in a row that end an episode
   */
  public EpisodeState next(Verdict window, Instant windowStart, int recoveryWindows) {
    if (since == null) {
      return new EpisodeState(window, 0, window == Verdict.DRIFT ? windowStart : null);
    }
    return switch (window) {
      case DRIFT -> new EpisodeState(Verdict.DRIFT, 0, since);
      case WARNING, INSUFFICIENT -> this;
      case OK ->
          calmWindows + 1 >= recoveryWindows
              ? new EpisodeState(Verdict.OK, 0, null)
              : new EpisodeState(Verdict.DRIFT, calmWindows + 1, since);
    };
  }

  /** Whether an episode lasts, during which its alert fires. */
  public boolean firing() {
    return since != null;
  }

  /** Whether this state began an episode that {@code before} was not in. */
  boolean firedSince(EpisodeState before) {
    return since != null && !since.equals(before.since);
  }

  /** Whether this state ended the episode that {@code before} was in. */
  boolean resolvedSince(EpisodeState before) {
    return before.since != null && !before.since.equals(since);
  }
}
