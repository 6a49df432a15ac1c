package dev.millrace.deploy.demo;

import dev.millrace.deploy.demo.PipelineStatistics.Snapshot;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Checks repeatedly whether this machine sustains the requested rate. */
final class RateCheck {
  /** The time in which the backlog of the warm-up is processed. */
  private static final Duration SETTLING_TIME = Duration.ofSeconds(15);

  /**
   * Five times the usual p99, and less than the latency at which the simulator slows down. If the
   * pipeline sustains the rate, the latency does not stay above it.
   */
  private static final long SLOW_MILLIS = 1_500;

  /** The share of the requested rate below which the rate is not sustained. */
  private static final double SUSTAINED_SHARE = 0.8;

  private final int requested;
  private @Nullable Behind worst;

  RateCheck(int requested) {
    this.requested = requested;
  }

  /**
   * The rates at an instant when the requested rate was not sustained.
   *
   * @param sent payments per second
   * @param scored predictions per second
   * @param latencyMillis median over the last seconds; null if there was no prediction
   */
  record Behind(double sent, double scored, @Nullable Long latencyMillis) {}

  /**
   * Checks one snapshot.
   *
   * @param elapsed since the end of the warm-up; null before
   * @return a warning; empty if the rate is sustained or cannot be judged yet
   */
  Optional<String> check(Snapshot state, @Nullable Duration elapsed) {
    if (elapsed == null || elapsed.compareTo(SETTLING_TIME) < 0) {
      return Optional.empty();
    }
    Behind now = new Behind(state.eventRate(), state.predictionRate(), state.recentP50Millis());
    boolean slow = latency(now) > SLOW_MILLIS;
    if (!slow && now.sent() >= SUSTAINED_SHARE * requested) {
      return Optional.empty();
    }
    if (worst == null || latency(now) > latency(worst)) {
      worst = now;
    }
    return Optional.of("rate not sustained: " + text(now));
  }

  /** The line about the rate in the summary. */
  String summary() {
    return worst == null
        ? "%,d/s requested, sustained".formatted(requested)
        : "not sustained: " + text(worst);
  }

  /** The moment with the highest latency; null if the rate was always sustained. */
  @Nullable Behind worst() {
    return worst;
  }

  private String text(Behind behind) {
    String latency =
        behind.latencyMillis() == null
            ? "no predictions for seconds"
            : "latency %.1f s".formatted(behind.latencyMillis() / 1_000.0);
    return "%,d/s requested, %,.0f sent, %,.0f scored, %s; %s"
        .formatted(requested, behind.sent(), behind.scored(), latency, advice(behind));
  }

  private static String advice(Behind behind) {
    // 80 % of the rate of the last seconds, rounded down to a multiple of 100.
    long sustainable =
        (long) (Math.min(behind.sent(), behind.scored()) * SUSTAINED_SHARE) / 100 * 100;
    return sustainable > 0
        ? "choose --rate %d or less".formatted(sustainable)
        : "choose a lower --rate";
  }

  /** Without any prediction the latency counts as infinite. */
  private static long latency(Behind behind) {
    Long millis = behind.latencyMillis();
    return millis != null ? millis : behind.sent() > 0 ? Long.MAX_VALUE : 0;
  }
}
