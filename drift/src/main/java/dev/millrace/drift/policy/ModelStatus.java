package dev.millrace.drift.policy;

import dev.millrace.drift.policy.EpisodeState;
import dev.millrace.drift.detect.Verdict;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where a model stands after the windows so far; what the judge remembers.
 *
 * @param reference that {@code verdict}, {@code calmWindows}, {@code sinceMillis}, {@code told} and
 *     {@code late} are about; the rest is the model's, whatever the reference
 * @param verdict of the {@link EpisodeState}
 * @param calmWindows of it
 * @param sinceMillis of it; null outside an episode
 * @param episode how many drift episodes there were
 * @param told what the triggers of the last episode have told
 * @param triggerMillis end of the window that sent the last trigger; {@link #NEVER} if none did
 * @param late predictions that came too late for any report, since the last report
 * @param closedMillis end of the newest window reported
 */
public record ModelStatus(
    ReferenceId reference,
    Verdict verdict,
    int calmWindows,
    @Nullable Long sinceMillis,
    int episode,
    TriggeredDrift told,
    long triggerMillis,
    long late,
    long closedMillis) {
  /** A time before all others. */
  public static final long NEVER = Long.MIN_VALUE;

  /** Before a model's first window. */
  static ModelStatus of(ReferenceId reference) {
    return new ModelStatus(
        reference, EpisodeState.INITIAL.verdict(), 0, null, 0, TriggeredDrift.NOTHING, NEVER, 0, NEVER);
  }

  /** Before the first window that is compared with another reference. */
  ModelStatus replacedBy(ReferenceId other) {
    return new ModelStatus(
        other,
        EpisodeState.INITIAL.verdict(),
        0,
        null,
        episode,
        TriggeredDrift.NOTHING,
        triggerMillis,
        0,
        closedMillis);
  }

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
        told,
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
        fired ? TriggeredDrift.NOTHING : told,
        triggerMillis,
        0,
        windowEndMillis);
  }

  /** After a trigger was sent for the episode under way. */
  ModelStatus triggered(TriggeredDrift now, long windowEndMillis) {
    return new ModelStatus(
        reference,
        verdict,
        calmWindows,
        sinceMillis,
        episode,
        now,
        windowEndMillis,
        late,
        closedMillis);
  }
}
