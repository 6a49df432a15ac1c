package dev.millrace.drift.job;

import dev.millrace.drift.detect.DriftState;
import dev.millrace.drift.detect.Verdict;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where a model stands after the windows so far; what the judge remembers.
 *
 * @param reference that {@code verdict}, {@code calmWindows}, {@code sinceMillis}, {@code told} and
 *     {@code late} are about; the rest is the model's, whatever the reference
 * @param verdict of the {@link DriftState}
 * @param calmWindows of it
 * @param sinceMillis of it; null outside an episode
 * @param episode how many drift episodes there were
 * @param told what the triggers of the last episode have told
 * @param triggerMillis end of the window that sent the last trigger; {@link #NEVER} if none did
 * @param late predictions that came too late for any report, since the last report
 * @param closedMillis end of the newest window reported
 */
public record Standing(
    ReferenceId reference,
    Verdict verdict,
    int calmWindows,
    @Nullable Long sinceMillis,
    int episode,
    Told told,
    long triggerMillis,
    long late,
    long closedMillis) {
  /** A time before all others. */
  public static final long NEVER = Long.MIN_VALUE;

  /** Before a model's first window. */
  static Standing of(ReferenceId reference) {
    return new Standing(
        reference, DriftState.INITIAL.verdict(), 0, null, 0, Told.NOTHING, NEVER, 0, NEVER);
  }

  /** Before the first window that is compared with another reference. */
  Standing replacedBy(ReferenceId other) {
    return new Standing(
        other,
        DriftState.INITIAL.verdict(),
        0,
        null,
        episode,
        Told.NOTHING,
        triggerMillis,
        0,
        closedMillis);
  }

  DriftState state() {
    return new DriftState(
        verdict, calmWindows, sinceMillis == null ? null : Instant.ofEpochMilli(sinceMillis));
  }

  Standing withLate(long predictions) {
    return new Standing(
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
  Standing after(DriftState state, long windowEndMillis) {
    Instant since = state.since();
    boolean fired = state.firedSince(state());
    return new Standing(
        reference,
        state.verdict(),
        state.calmWindows(),
        since == null ? null : (Long) since.toEpochMilli(),
        fired ? episode + 1 : episode,
        fired ? Told.NOTHING : told,
        triggerMillis,
        0,
        windowEndMillis);
  }

  /** After a trigger was sent for the episode under way. */
  Standing triggered(Told now, long windowEndMillis) {
    return new Standing(
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
