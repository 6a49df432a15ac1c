package dev.millrace.schemas.pipeline;

/** The topic of an event that is later than its source's lateness allows. */
public enum LatePolicy {
  /** The late topic; the default. */
  TOPIC,
  /** The clean topic, as for other events. */
  SCORE
}
