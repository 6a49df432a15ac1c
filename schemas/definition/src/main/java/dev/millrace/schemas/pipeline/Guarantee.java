package dev.millrace.schemas.pipeline;

/** The delivery guarantee of predictions after a crash. */
public enum Guarantee {
  /** Exactly one committed prediction for each event id; the default. */
  EXACTLY_ONCE,
  /** Lower latency; after a crash an event may be predicted again under the same event id. */
  AT_LEAST_ONCE
}
