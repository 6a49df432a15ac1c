package dev.millrace.inference.metrics;

import dev.millrace.schemas.pipeline.Lookup;
import dev.millrace.schemas.pipeline.Pipeline;
import io.prometheus.client.Counter;
import io.prometheus.client.Histogram;
import java.util.HashMap;
import java.util.Map;

/** The metrics of questions about rows that other partitions keep. Safe for many threads. */
public final class RepartitionMetrics {
  /** From two hops without commits to the time after which an event no longer waits. */
  private static final double[] SECONDS = {
    .005, .01, .02, .05, .1, .15, .2, .25, .3, .4, .5, .75, 1, 1.5, 2, 5
  };

  private static final double MILLIS_PER_SECOND = 1_000;

  private final Map<String, Counter.Child> questions = new HashMap<>();
  private final Counter.Child used;
  private final Counter.Child unused;
  private final Histogram.Child latency;

  RepartitionMetrics(Pipeline pipeline, MetricFactory metrics) {
    Counter asked =
        metrics.counter(
            "row_questions_total", "Questions about rows of other partitions.", "lookup");
    for (Lookup lookup : pipeline.lookups().values()) {
      if (pipeline.isRepartitioned(lookup.view())) {
        questions.put(lookup.name(), asked.labels(pipeline.name(), lookup.name()));
      }
    }
    Counter answers =
        metrics.counter("row_answers_total", "Answers by whether an event waited.", "use");
    used = answers.labels(pipeline.name(), "USED");
    unused = answers.labels(pipeline.name(), "UNUSED");
    latency =
        Histogram.build(
                MetricFactory.PREFIX + "row_answer_seconds",
                "From a question to the answer that was used.")
            .labelNames("pipeline")
            .buckets(SECONDS)
            .register(metrics.registry())
            .labels(pipeline.name());
  }

  /** Counts a question of a lookup. */
  public void asked(String lookup) {
    Counter.Child child = questions.get(lookup);
    if (child != null) {
      child.inc();
    }
  }

  /**
   * Counts an answer.
   *
   * @param isUsed whether an event waited for it
   * @param millis since the question
   */
  public void answered(boolean isUsed, long millis) {
    (isUsed ? used : unused).inc();
    if (isUsed) {
      latency.observe(millis / MILLIS_PER_SECOND);
    }
  }
}
