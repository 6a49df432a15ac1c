package dev.millrace.drift.job;

import dev.millrace.schemas.pipeline.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.config.ConfigResource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks before the start that transactions can stay open long enough. A transaction is opened at a
 * checkpoint and committed when a later checkpoint is complete: the next one, or the first one
 * after the tolerated number of failures. After a crash the restarted job commits it. If the broker
 * aborts it before that, its outcomes are lost.
 */
public final class TransactionTimeoutCheck {
  private static final Logger log = LoggerFactory.getLogger(TransactionTimeoutCheck.class);
  private static final String BROKER_KEY = "transaction.max.timeout.ms";

  /** The longest time of a restart: detection, deployment, restoring. */
  private static final Duration RESTART = Duration.ofMinutes(1);

  private TransactionTimeoutCheck() {}

  /**
   * @param settings of the job: how long checkpoints may take and how many may fail
   * @param timeout of the job's transactions
   * @throws IllegalStateException if it is longer than the brokers allow, or too short for the
   *     checkpoints that may fail and a restart
   */
  public static void check(Configuration settings, Duration timeout, Admin admin)
      throws InterruptedException {
    check(settings, timeout, allowed(admin));
  }

  static void check(Configuration settings, Duration timeout, Duration allowed) {
    Duration needed = needed(settings);
    if (timeout.compareTo(needed) <= 0) {
      throw new IllegalStateException(
          "--transaction-timeout is %s, but %d checkpoints in a row may fail, which together with the next one and a restart can take %s: raise it, or shorten --checkpoint-interval."
              .formatted(
                  Durations.format(timeout),
                  settings.get(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER),
                  Durations.format(needed)));
    }
    if (timeout.compareTo(allowed) > 0) {
      throw new IllegalStateException(
          "--transaction-timeout is %s, but the brokers allow %s: lower it, or raise %s of the brokers."
              .formatted(Durations.format(timeout), Durations.format(allowed), BROKER_KEY));
    }
  }

  /** The longest time that a transaction can be open before it is committed. */
  static Duration needed(Configuration settings) {
    return settings
        .get(CheckpointingOptions.CHECKPOINTING_TIMEOUT)
        .plus(settings.get(CheckpointingOptions.CHECKPOINTING_INTERVAL))
        .multipliedBy(1L + settings.get(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER))
        .plus(RESTART);
  }

  /**
   * Warns if the job restores a checkpoint so old that the brokers may have aborted its last
   * transaction.
   *
   * @param checkpointed when the checkpoint was taken
   */
  public static void warnIfLate(Instant checkpointed, Instant now, Duration timeout) {
    if (checkpointed.plus(timeout).isBefore(now)) {
      log.warn(
          "The job was down since {}, longer than --transaction-timeout ({}). If it stopped between a checkpoint and its commit, the outcomes of that checkpoint are lost: look for 'transaction' in the log of its sink.",
          checkpointed,
          Durations.format(timeout));
    }
  }

  private static Duration allowed(Admin admin) throws InterruptedException {
    try {
      String broker = admin.describeCluster().nodes().get().iterator().next().idString();
      ConfigResource resource = new ConfigResource(ConfigResource.Type.BROKER, broker);
      Collection<Config> configs = admin.describeConfigs(List.of(resource)).all().get().values();
      return Duration.ofMillis(Long.parseLong(configs.iterator().next().get(BROKER_KEY).value()));
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "Cannot read %s of the brokers: %s".formatted(BROKER_KEY, e.getMessage()), e);
    }
  }
}
