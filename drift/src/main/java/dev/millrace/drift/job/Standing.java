package dev.millrace.drift.job;

import dev.millrace.drift.detect.DriftState;
import dev.millrace.drift.detect.Verdict;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where a model stands after the windows so far; what the judge remembers.
 *
 * @param modelVersion that the rest is about, but for {@code triggerMillis}
 * @param verdict of the {@link DriftState}
 * @param calmWindows of it
 * @param sinceMillis of it; null outside an episode
 * @param episode how many drift episodes there were
 * @param triggeredEpisode the last one that a retraining trigger was sent for; 0 for none
 * @param triggerMillis end of the window that sent the model's last trigger, whatever the version;
 *     {@link #NEVER} if none did
 * @param late predictions that came too late for any report, since the last report
 * @param closedMillis end of the newest window reported
 */
public record Standing(
    String modelVersion,
    Verdict verdict,
    int calmWindows,
    @Nullable Long sinceMillis,
    int episode,
    int triggeredEpisode,
    long triggerMillis,
    long late,
    long closedMillis) {
  /** A time before all others. */
  public static final long NEVER = Long.MIN_VALUE;

  /** Before a version's first window. */
  static Standing of(String modelVersion, long triggerMillis) {
    return new Standing(modelVersion, Verdict.INSUFFICIENT, 0, null, 0, 0, triggerMillis, 0, NEVER)
        .after(DriftState.INITIAL, 0, NEVER);
  }

  DriftState state() {
    return new DriftState(
        verdict, calmWindows, sinceMillis == null ? null : Instant.ofEpochMilli(sinceMillis));
  }

  Standing withLate(long predictions) {
    return new Standing(
        modelVersion,
        verdict,
        calmWindows,
        sinceMillis,
        episode,
        triggeredEpisode,
        triggerMillis,
        late + predictions,
        closedMillis);
  }

  /** After a window has been reported, its late predictions with it. */
  Standing after(DriftState state, int episodes, long windowEndMillis) {
    Instant since = state.since();
    return new Standing(
        modelVersion,
        state.verdict(),
        state.calmWindows(),
        since == null ? null : (Long) since.toEpochMilli(),
        episodes,
        triggeredEpisode,
        triggerMillis,
        0,
        windowEndMillis);
  }

  /** After a trigger was sent for the episode under way. */
  Standing triggered(long windowEndMillis) {
    return new Standing(
        modelVersion,
        verdict,
        calmWindows,
        sinceMillis,
        episode,
        episode,
        windowEndMillis,
        late,
        closedMillis);
  }
}
