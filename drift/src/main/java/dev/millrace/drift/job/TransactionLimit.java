package dev.millrace.drift.job;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.config.ConfigResource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks before the start that transactions can live long enough. One is open from a checkpoint to
 * the next and is committed only when that is complete, after a crash by the restarted job: when
 * the broker has aborted it before, its outcomes are lost.
 */
public final class TransactionLimit {
  private static final Logger log = LoggerFactory.getLogger(TransactionLimit.class);
  private static final String BROKER_KEY = "transaction.max.timeout.ms";

  /** What a restart may take: detection, deployment, restoring. */
  private static final Duration RESTART = Duration.ofMinutes(1);

  private TransactionLimit() {}

  /**
   * @param timeout of our transactions
   * @throws IllegalStateException if it is longer than the brokers grant, or too short for a
   *     checkpoint and a restart
   */
  public static void check(Admin admin, Duration timeout, Duration checkpointInterval)
      throws InterruptedException {
    Duration needed = checkpointInterval.plus(FlinkSettings.CHECKPOINT_TIMEOUT).plus(RESTART);
    if (timeout.compareTo(needed) < 0) {
      throw new IllegalStateException(
          "--transaction-timeout is %s, but a checkpoint and a restart can take %s: raise it, or shorten --checkpoint-interval."
              .formatted(timeout, needed));
    }
    Duration granted = granted(admin);
    if (timeout.compareTo(granted) > 0) {
      throw new IllegalStateException(
          "--transaction-timeout is %s, but the brokers grant %s: lower it, or raise %s of the brokers."
              .formatted(timeout, granted, BROKER_KEY));
    }
  }

  /**
   * Says so if the job goes on from a checkpoint so old that its last transaction may be gone.
   *
   * @param checkpointed when the checkpoint was taken
   */
  public static void warnIfLate(Instant checkpointed, Instant now, Duration timeout) {
    if (checkpointed.plus(timeout).isBefore(now)) {
      log.warn(
          "The job was down since {}, longer than --transaction-timeout ({}). If it stopped between a checkpoint and its commit, the outcomes of that checkpoint are lost: look for 'transaction' in the log of its sink.",
          checkpointed,
          timeout);
    }
  }

  private static Duration granted(Admin admin) throws InterruptedException {
    try {
      String broker = admin.describeCluster().nodes().get().iterator().next().idString();
      ConfigResource resource = new ConfigResource(ConfigResource.Type.BROKER, broker);
      Collection<Config> configs = admin.describeConfigs(List.of(resource)).all().get().values();
      return Duration.ofMillis(Long.parseLong(configs.iterator().next().get(BROKER_KEY).value()));
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "Cannot ask the brokers for %s: %s".formatted(BROKER_KEY, e.getMessage()), e);
    }
  }
}
