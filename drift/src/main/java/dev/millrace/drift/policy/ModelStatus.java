package dev.millrace.drift.policy;

import dev.millrace.drift.detect.Cause;
import dev.millrace.drift.profile.ReferenceId;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The status of a model after the windows so far.
 *
 * @param reference that the episodes of {@code causes}, {@code sinceMillis}, {@code triggered},
 *     {@code late} and {@code quality} are about; the other fields belong to the model, independent
 *     of the reference
 * @param causes the episodes of each cause
 * @param sinceMillis start of the window that began the present time of drift, in which an episode
 *     of at least one cause lasts that may request retraining; null outside one
 * @param episode number of such times so far
 * @param triggered the drift that the triggers of the last one have reported
 * @param triggerMillis end of the window that sent the last trigger; {@link #NEVER} if none did
 * @param late predictions that came after their window was reported, since the last report
 * @param closedMillis end of the newest window reported
 * @param quality of the newest window of which it is known; null before the first
 */
public record ModelStatus(
    ReferenceId reference,
    Map<Cause, CauseStatus> causes,
    @Nullable Long sinceMillis,
    int episode,
    TriggeredDrift triggered,
    long triggerMillis,
    long late,
    long closedMillis,
    @Nullable KnownQuality quality) {
  /** A time before all events. */
  static final long NEVER = Long.MIN_VALUE;

  /** Copies the episodes. */
  public ModelStatus {
    causes = Map.copyOf(causes);
  }

  /** The status before a model's first window. */
  static ModelStatus of(ReferenceId reference) {
    return new ModelStatus(
        reference, Map.of(), null, 0, TriggeredDrift.NONE, NEVER, 0, NEVER, null);
  }

  /**
   * The status before the first window that is compared with another profile of the same version:
   * the episodes of signals continue.
   */
  ModelStatus reprofiled(ReferenceId other, Episodes restarted) {
    Long since = restarted.sinceMillis();
    return new ModelStatus(
        other,
        restarted.statuses(),
        since,
        episode,
        since == null ? TriggeredDrift.NONE : triggered.ofSignals(),
        triggerMillis,
        0,
        closedMillis,
        quality);
  }

  /** The status before the first window of another model version. */
  ModelStatus replacedBy(ReferenceId other, Episodes restarted) {
    return new ModelStatus(
        other,
        restarted.statuses(),
        null,
        episode,
        TriggeredDrift.NONE,
        triggerMillis,
        0,
        closedMillis,
        null);
  }

  /** Whether an episode lasts that may request retraining. */
  boolean firing() {
    return sinceMillis != null;
  }

  ModelStatus withLate(long predictions) {
    return new ModelStatus(
        reference,
        causes,
        sinceMillis,
        episode,
        triggered,
        triggerMillis,
        late + predictions,
        closedMillis,
        quality);
  }

  /** The status after the episodes have changed. */
  ModelStatus with(Episodes episodes, @Nullable KnownQuality known) {
    Long oldest = episodes.sinceMillis();
    boolean begins = sinceMillis == null && oldest != null;
    Long since = begins || oldest == null ? oldest : sinceMillis;
    return new ModelStatus(
        reference,
        episodes.statuses(),
        since,
        begins ? episode + 1 : episode,
        begins ? TriggeredDrift.NONE : triggered,
        triggerMillis,
        late,
        closedMillis,
        known);
  }

  /** The status after a window and its late predictions have been reported. */
  ModelStatus closed(long windowEndMillis) {
    return new ModelStatus(
        reference,
        causes,
        sinceMillis,
        episode,
        triggered,
        triggerMillis,
        0,
        windowEndMillis,
        quality);
  }

  /** The status after a trigger was sent for the present time of drift. */
  ModelStatus afterTrigger(TriggeredDrift reported, long windowEndMillis) {
    return new ModelStatus(
        reference,
        causes,
        sinceMillis,
        episode,
        reported,
        windowEndMillis,
        late,
        closedMillis,
        quality);
  }
}
