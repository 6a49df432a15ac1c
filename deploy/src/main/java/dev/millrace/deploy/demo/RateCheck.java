package dev.millrace.deploy.demo;

import dev.millrace.deploy.demo.PipelineStatistics.Snapshot;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Judges, look by look, whether this machine carries the rate that the demo was asked for. */
final class RateCheck {
  /**
   * Payments a second up to which runs showed no alarm before the drift. Above, the counts of a
   * merchant reach the scored event later in simulated time than they did in training.
   */
  static final int SAFE_RATE = 1_000;

  /** After the warm-up its backlog is worked off first. */
  private static final Duration SETTLING = Duration.ofSeconds(15);

  /** Ten times a usual p99; a loop that keeps up is never there for seconds. */
  private static final long SLOW_MILLIS = 3_000;

  /** Of the rate asked for; a loop that keeps up is within a few percent of it. */
  private static final double KEPT = 0.8;

  private final int asked;
  private @Nullable Behind worst;

  RateCheck(int asked) {
    this.asked = asked;
  }

  /**
   * How far behind a moment was.
   *
   * @param sent payments a second
   * @param scored predictions a second
   * @param latencyMillis median of the last seconds; null: nothing was scored in them
   */
  record Behind(double sent, double scored, @Nullable Long latencyMillis) {}

  /**
   * What to tell whoever watches.
   *
   * @param elapsed since the warm-up; null before its end
   * @return empty when the loop keeps up, or cannot be judged yet
   */
  Optional<String> look(Snapshot state, @Nullable Duration elapsed) {
    if (elapsed == null || elapsed.compareTo(SETTLING) < 0) {
      return Optional.empty();
    }
    Behind now = new Behind(state.eventRate(), state.predictionRate(), state.recentP50());
    boolean slow = latency(now) > SLOW_MILLIS;
    if (!slow && now.sent() >= KEPT * asked) {
      return Optional.empty();
    }
    if (worst == null || latency(now) > latency(worst)) {
      worst = now;
    }
    return Optional.of("falling behind: " + text(now));
  }

  /** What the last lines of the demo say of the rate. */
  String summary() {
    return worst == null
        ? "%,d/s asked, kept up with".formatted(asked)
        : "fell behind: " + text(worst);
  }

  /** For the report: the moment when the loop was furthest behind; null when it never was. */
  @Nullable Behind worst() {
    return worst;
  }

  private String text(Behind behind) {
    String latency =
        behind.latencyMillis() == null
            ? "nothing was scored for seconds"
            : "latency %.1f s".formatted(behind.latencyMillis() / 1_000.0);
    return "%,d/s asked, %,.0f sent, %,.0f scored, %s; %s"
        .formatted(asked, behind.sent(), behind.scored(), latency, advice(behind));
  }

  private static String advice(Behind behind) {
    // What is carried for seconds under a backlog, less a fifth; to the hundred below.
    long carried = (long) (Math.min(behind.sent(), behind.scored()) * KEPT) / 100 * 100;
    return carried > 0 ? "choose --rate %d or less".formatted(carried) : "choose a lower --rate";
  }

  /** A loop that scores nothing at all is the furthest behind. */
  private static long latency(Behind behind) {
    Long millis = behind.latencyMillis();
    return millis != null ? millis : behind.sent() > 0 ? Long.MAX_VALUE : 0;
  }
}
