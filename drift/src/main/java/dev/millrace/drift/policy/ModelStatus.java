package dev.millrace.drift.policy;

import dev.millrace.drift.detect.Verdict;
import dev.millrace.drift.profile.ReferenceId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A model after the windows so far.
 *
 * @param reference that {@code verdict}, {@code calmWindows}, {@code sinceMillis}, {@code
 *     triggered} and {@code late} are about; the rest belongs to the model, whatever the reference
 * @param verdict of the {@link EpisodeState}
 * @param calmWindows of it
 * @param sinceMillis of it; null outside an episode
 * @param episode number of drift episodes so far
 * @param triggered what the triggers of the last episode have reported
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
  /** A time before all others. */
  public static final long NEVER = Long.MIN_VALUE;

  /** Before a model's first window. */
  static ModelStatus of(ReferenceId reference) {
    return initial(reference, 0, NEVER, NEVER);
  }

  /** Before the first window that is compared with another reference. */
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

  /** After a window has been reported, its late predictions with it. */
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

  /** After a trigger was sent for the current episode. */
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
