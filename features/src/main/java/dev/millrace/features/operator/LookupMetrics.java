package dev.millrace.features.operator;

import dev.millrace.features.view.LookupUse;
import dev.millrace.schemas.flink.job.PipelineMetrics;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/** The metrics of one lookup, with the labels view and lookup. */
final class LookupMetrics {
  private final MetricGroup group;
  private final Counter answers;
  private final Counter incomplete;
  private final Counter late;

  LookupMetrics(MetricGroup operator, String pipeline, LookupUse use) {
    group =
        PipelineMetrics.of(operator, pipeline)
            .addGroup("view", use.view().name())
            .addGroup("lookup", use.lookup().name());
    answers = group.counter("answers_total");
    incomplete = group.counter("incomplete_answers_total");
    late = group.counter("late_events_total");
  }

  /** For parts with metrics of their own. */
  MetricGroup group() {
    return group;
  }

  void watch(LookupClocks clocks, EntityStates states) {
    group.gauge("backfilling", (Gauge<Integer>) () -> clocks.isBackfilling() ? 1 : 0);
    group.gauge("cached_entities", (Gauge<Integer>) states::cached);
    group.gauge("cache_bytes", (Gauge<Long>) states::cacheBytes);
    group.counter("cache_hits_total", states.hits());
    group.counter("cache_misses_total", states.misses());
  }

  void watch(WaitingQuestions waiting) {
    group.gauge("waiting_questions", (Gauge<Long>) waiting::waiting);
  }

  void watch(Feed feed) {
    group.gauge("pending_rows", (Gauge<Integer>) feed::waiting);
  }

  void answered(boolean complete) {
    answers.inc();
    if (!complete) {
      incomplete.inc();
    }
  }

  /** An event came behind the watermark. */
  void late() {
    late.inc();
  }
}
