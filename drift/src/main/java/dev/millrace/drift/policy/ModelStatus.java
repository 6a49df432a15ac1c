package dev.millrace.drift.policy;

import dev.millrace.drift.detect.Verdict;
import dev.millrace.drift.profile.ReferenceId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The status of a model after the windows so far.
 *
 * @param reference that {@code verdict}, {@code calmWindows}, {@code sinceMillis}, {@code
 *     triggered} and {@code late} are about; the other fields belong to the model, independent of
 *     the reference
 * @param verdict of the {@link EpisodeState}
 * @param calmWindows of the {@link EpisodeState}
 * @param sinceMillis of the {@link EpisodeState}; null outside an episode
 * @param episode number of drift episodes so far
 * @param triggered the drift that the triggers of the last episode have reported
 * @param triggerMillis end of the window that sent the last trigger; {@link #NEVER} if none did
 * @param late predictions that came after their window was reported, since the last report
 * @param closedMillis end of the newest window reported
 */
public record ModelStatus(
    ReferenceId reference,
    Verdict verdict,
    int calmWindows,
    @Nullable Long sinceMillis,
    int episode,
    TriggeredDrift triggered,
    long triggerMillis,
    long late,
    long closedMillis) {
  /** A time before all events. */
  static final long NEVER = Long.MIN_VALUE;

  /** The status before a model's first window. */
  static ModelStatus of(ReferenceId reference) {
    return initial(reference, 0, NEVER, NEVER);
  }

  /** The status before the first window that is compared with another reference. */
  ModelStatus replacedBy(ReferenceId other) {
    return initial(other, episode, triggerMillis, closedMillis);
  }

  private static ModelStatus initial(
      ReferenceId reference, int episode, long triggerMillis, long closedMillis) {
    return new ModelStatus(
        reference,
        EpisodeState.INITIAL.verdict(),
        0,
        null,
        episode,
        TriggeredDrift.NONE,
        triggerMillis,
        0,
        closedMillis);
  }

  /** The state of the episode. */
  EpisodeState state() {
    return new EpisodeState(
        verdict, calmWindows, sinceMillis == null ? null : Instant.ofEpochMilli(sinceMillis));
  }

  ModelStatus withLate(long predictions) {
    return new ModelStatus(
        reference,
        verdict,
        calmWindows,
        sinceMillis,
        episode,
        triggered,
        triggerMillis,
        late + predictions,
        closedMillis);
  }

  /** The status after a window and its late predictions have been reported. */
  ModelStatus after(EpisodeState state, long windowEndMillis) {
    Instant since = state.since();
    boolean fired = state.firedSince(state());
    return new ModelStatus(
        reference,
        state.verdict(),
        state.calmWindows(),
        since == null ? null : (Long) since.toEpochMilli(),
        fired ? episode + 1 : episode,
        fired ? TriggeredDrift.NONE : triggered,
        triggerMillis,
        0,
        windowEndMillis);
  }

  /** The status after a trigger was sent for the current episode. */
  ModelStatus afterTrigger(TriggeredDrift reported, long windowEndMillis) {
    return new ModelStatus(
        reference,
        verdict,
        calmWindows,
        sinceMillis,
        episode,
        reported,
        windowEndMillis,
        late,
        closedMillis);
  }
}
