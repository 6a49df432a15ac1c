package dev.millrace.deploy.retrain;

import dev.millrace.schemas.codec.RejectionCode;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The metrics of the calls of triggers, all of which exist from the start. */
final class RetrainMetrics {
  private static final String PREFIX = "millrace_retrain_";
  private static final double MILLIS_PER_SECOND = 1_000;

  /** From an answer on the same machine to the timeout of a call. */
  private static final double[] SECONDS = {.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30};

  private final String pipeline;
  private final Counter calls;
  private final Counter expired;
  private final Counter repeated;
  private final Counter deadLetters;
  private final Histogram latency;
  private volatile @Nullable Instant pendingSince;

  RetrainMetrics(String pipeline, CollectorRegistry registry, InstantSource clock) {
    this.pipeline = pipeline;
    this.calls =
        Counter.build(PREFIX + "calls_total", "Calls by the receiver's answer.")
            .labelNames("pipeline", "result")
            .register(registry);
    this.expired =
        Counter.build(
                PREFIX + "expired_triggers_total",
                "Triggers that were not called, or not again, since they are older than max_age.")
            .labelNames("pipeline")
            .register(registry);
    this.repeated =
        Counter.build(
                PREFIX + "repeated_triggers_total",
                "Triggers that were not called, since an earlier one has the same id.")
            .labelNames("pipeline")
            .register(registry);
    this.deadLetters =
        Counter.build(PREFIX + "dead_letters_total", "Dead letters written.")
            .labelNames("pipeline", "code")
            .register(registry);
    this.latency =
        Histogram.build(PREFIX + "call_seconds", "Time until the receiver answered or failed.")
            .labelNames("pipeline")
            .buckets(SECONDS)
            .register(registry);
    Gauge.build(
            PREFIX + "pending_seconds",
            "Time since the publication of the trigger whose call is being repeated; 0: none.")
        .labelNames("pipeline")
        .register(registry)
        .setChild(
            new Gauge.Child() {
              @Override
              public double get() {
                Instant since = pendingSince;
                return since == null
                    ? 0
                    : Duration.between(since, clock.instant()).toMillis() / MILLIS_PER_SECOND;
              }
            },
            pipeline);
    List.of("accepted", "known", "failed", "refused")
        .forEach(result -> calls.labels(pipeline, result));
    expired.labels(pipeline);
    repeated.labels(pipeline);
    RejectionCode.DECODING.forEach(code -> deadLetters.labels(pipeline, code.name()));
    deadLetters.labels(pipeline, RejectionCode.CALL_REFUSED.name());
    latency.labels(pipeline);
  }

  /** Counts a call. */
  void called(CallResult result, Duration time) {
    String word =
        result instanceof CallResult.Accepted
            ? "accepted"
            : result instanceof CallResult.Known
                ? "known"
                : result instanceof CallResult.Failed ? "failed" : "refused";
    calls.labels(pipeline, word).inc();
    latency.labels(pipeline).observe(time.toMillis() / MILLIS_PER_SECOND);
  }

  /** Counts a trigger that is too old. */
  void expired() {
    expired.labels(pipeline).inc();
  }

  /** Counts a trigger that was written again. */
  void repeated() {
    repeated.labels(pipeline).inc();
  }

  /** Counts a dead letter. */
  void deadLetter(RejectionCode code) {
    deadLetters.labels(pipeline, code.name()).inc();
  }

  /** Sets the publication of the trigger whose call is repeated; null: there is none. */
  void pendingSince(@Nullable Instant published) {
    pendingSince = published;
  }
}
