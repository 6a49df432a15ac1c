package dev.millrace.deploy.provision;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The wanted replication of the topics of a pipeline.
 *
 * @param factor number of replicas of each partition; null: the default of the brokers
 * @param minIsr number of replicas that must have a record before its write succeeds; null: the
 *     default of the brokers
 */
public record Replication(@Nullable Short factor, @Nullable Integer minIsr) {
  /** Whatever the brokers have as their defaults. */
  public static final Replication BROKER_DEFAULT = new Replication(null, null);

  /** The name of the setting of a topic. */
  public static final String MIN_ISR = "min.insync.replicas";

  /** The mistake in these values; empty if there is none. */
  public Optional<String> mistake() {
    if ((factor != null && factor < 1) || (minIsr != null && minIsr < 1)) {
      return Optional.of("--replication and --min-isr are 1 or more");
    }
    return factor != null && minIsr != null && minIsr > factor
        ? Optional.of(
            "--min-isr is %d, but each partition has %d replicas: no write could succeed"
                .formatted(minIsr, factor))
        : Optional.empty();
  }
}
