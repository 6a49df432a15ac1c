package dev.millrace.deploy.deadletter;

import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ProcessNames;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether the record of a dead letter is published again. */
public sealed interface ReplayDecision {

  /**
   * It is published again.
   *
   * @param attempt counts from 1
   */
  record Send(int attempt) implements ReplayDecision {}

  /** It is not published again. */
  record Skip(Reason reason, String detail) implements ReplayDecision {}

  /** Why a record is not published again. */
  enum Reason {
    /** It was published again before, because of the same dead letter. */
    ALREADY_REPLAYED,
    /** It was published again, and rejected again, as often as is allowed. */
    TOO_MANY_ATTEMPTS,
    /** The dead letter does not contain the whole record. */
    CUT,
    /** Another stage than ingest rejected it. */
    ACCEPTED_BY_INGEST,
    /** It is not of a source of the pipeline. */
    NOT_A_SOURCE
  }

  /**
   * Decides about a dead letter.
   *
   * @param replays by dead letter
   * @param maxAttempts how often a record is published again
   */
  static ReplayDecision of(
      DeadLetterEntry entry, Pipeline pipeline, Map<Position, Replay> replays, int maxAttempts) {
    if (!entry.stage().equals(ProcessNames.INGEST)) {
      return new Skip(
          Reason.ACCEPTED_BY_INGEST,
          "%s rejected it; ingest had accepted its event, and drops the same id as a duplicate"
              .formatted(entry.stage()));
    }
    if (pipeline.sources().values().stream().noneMatch(s -> s.topic().equals(entry.topic()))) {
      return new Skip(
          Reason.NOT_A_SOURCE,
          "no source of pipeline %s has the topic %s; name the pipeline file that has it"
              .formatted(pipeline.name(), entry.topic()));
    }
    @Nullable Replay before = replays.get(entry.position());
    if (before != null && before.isOf(entry)) {
      return new Skip(
          Reason.ALREADY_REPLAYED,
          "it was published again at %s as %s-%d@%d"
              .formatted(before.at(), before.topic(), before.partition(), before.offset()));
    }
    if (entry.cut()) {
      return new Skip(
          Reason.CUT, "it was too large for a dead letter and is cut; let its producer send it");
    }
    if (entry.replays() >= maxAttempts) {
      return new Skip(
          Reason.TOO_MANY_ATTEMPTS,
          "it was published again %d times, of %d that --max-attempts allows"
              .formatted(entry.replays(), maxAttempts));
    }
    return new Send(entry.replays() + 1);
  }
}
