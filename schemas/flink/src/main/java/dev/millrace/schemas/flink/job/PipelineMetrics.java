package dev.millrace.schemas.flink.job;

import org.apache.flink.metrics.MetricGroup;

/** The label that every metric of a job has. */
public final class PipelineMetrics {
  private PipelineMetrics() {}

  /** The group for metrics of an operator, with the label {@code pipeline}. */
  public static MetricGroup of(MetricGroup operator, String pipeline) {
    return operator.addGroup("pipeline", pipeline);
  }
}
