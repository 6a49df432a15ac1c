package dev.millrace.drift.job;

import dev.millrace.schemas.avro.ConceptResult;
import dev.millrace.schemas.avro.ConceptStatus;
import dev.millrace.schemas.avro.QualityFigure;
import dev.millrace.schemas.avro.QualityReport;
import dev.millrace.schemas.avro.SliceDisparity;
import dev.millrace.schemas.flink.job.PipelineMetrics;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * Shows the newest reports of all predictions as metrics, by role and source: {@code measured} or
 * {@code estimated}. Slices have none, since a metric for each would be many.
 */
final class QualityGauges extends AbstractStreamOperator<QualityReport>
    implements OneInputStreamOperator<QualityReport, QualityReport> {
  private static final long serialVersionUID = 1L;

  private final String pipeline;
  private transient Map<String, Double> values = new HashMap<>();

  @SuppressWarnings("NullAway.Init")
  private transient Counter disparities;

  QualityGauges(String pipeline) {
    this.pipeline = pipeline;
  }

  @Override
  public void open() throws Exception {
    super.open();
    values = new HashMap<>();
    disparities = metrics().counter("quality_disparity_alarms_total");
  }

  private MetricGroup metrics() {
    return PipelineMetrics.of(getMetricGroup(), pipeline);
  }

  @Override
  public void processElement(StreamRecord<QualityReport> element) {
    QualityReport report = element.getValue();
    disparities.inc(report.getDisparities().stream().filter(SliceDisparity::getAlarm).count());
    if (report.getSliceField() == null) {
      show(report);
    }
    output.collect(element);
  }

  private void show(QualityReport report) {
    String role = report.getRole().name();
    String source = report.getEstimated() ? "estimated" : "measured";
    for (QualityFigure figure : report.getMetrics()) {
      String metric = figure.getMetric().name().toLowerCase(Locale.ROOT);
      set("quality_value", role, source, metric, figure.getValue());
      set("quality_lower", role, source, metric, figure.getLower());
      set("quality_upper", role, source, metric, figure.getUpper());
    }
    set("label_coverage", role, source, null, report.getCoverage());
    ConceptResult concept = report.getConcept();
    if (concept != null) {
      set("concept_statistic", role, source, null, concept.getStatistic());
      set("concept_threshold", role, source, null, concept.getThreshold());
      set("concept_drift", role, source, null, of(concept, ConceptStatus.DRIFT));
      set("concept_warning", role, source, null, of(concept, ConceptStatus.WARNING));
    }
  }

  private static double of(ConceptResult concept, ConceptStatus state) {
    return concept.getState() == state ? 1 : 0;
  }

  private void set(
      String name, String role, String source, @Nullable String metric, @Nullable Double value) {
    if (value == null) {
      return;
    }
    String key = String.join("/", name, role, source, String.valueOf(metric));
    if (values.put(key, value) == null) {
      MetricGroup group = metrics().addGroup("role", role).addGroup("source", source);
      (metric == null ? group : group.addGroup("metric", metric))
          .gauge(name, (Gauge<Double>) () -> values.get(key));
    }
  }
}
