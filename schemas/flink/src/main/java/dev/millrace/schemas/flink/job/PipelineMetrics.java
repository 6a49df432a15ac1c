package dev.millrace.schemas.flink.job;

import org.apache.flink.metrics.MetricGroup;

/** The metric group of every metric of a job. */
public final class PipelineMetrics {
  private PipelineMetrics() {}

  /** The group for metrics of an operator, with the label {@code pipeline}. */
  public static MetricGroup of(MetricGroup operator, String pipeline) {
    return operator.addGroup("pipeline", pipeline);
  }
}
