package dev.millrace.schemas.pipeline;

/** Where an event goes that comes later than its source's lateness allows. */
public enum LatePolicy {
  /** To the late topic; the default. */
  TOPIC,
  /** To the clean topic like any other event. */
  SCORE
}
