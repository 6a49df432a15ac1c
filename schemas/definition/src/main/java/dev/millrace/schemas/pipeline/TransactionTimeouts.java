package dev.millrace.schemas.pipeline;

import java.time.Duration;

/** The times after which brokers abort transactions that the processes have left open. */
public final class TransactionTimeouts {
  /**
   * Of ingest and inference: the time for which consumers of their topics wait when a process is
   * lost with its state directory.
   */
  public static final Duration SERVICES = Duration.ofSeconds(30);

  /**
   * Of the drift job, by default: Kafka's default of {@code transaction.max.timeout.ms}, the
   * longest time that brokers allow. A transaction must stay open for all checkpoints that may fail
   * in a row, and a restart.
   */
  public static final String DRIFT = "15m";

  private TransactionTimeouts() {}
}
