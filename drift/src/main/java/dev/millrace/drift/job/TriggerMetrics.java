package dev.millrace.drift.job;

import dev.millrace.drift.profile.ModelReference;
import dev.millrace.schemas.avro.RetrainingCause;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.flink.job.PipelineMetrics;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** Counts retraining triggers by their cause. */
final class TriggerMetrics extends AbstractStreamOperator<RetrainingTrigger>
    implements OneInputStreamOperator<RetrainingTrigger, RetrainingTrigger> {
  private static final long serialVersionUID = 1L;

  private final String pipeline;
  private final String version;

  private transient Map<RetrainingCause, Counter> triggers = new EnumMap<>(RetrainingCause.class);

  TriggerMetrics(ModelReference reference) {
    this.pipeline = reference.pipeline();
    this.version = reference.version();
  }

  @Override
  public void open() throws Exception {
    super.open();
    triggers = new EnumMap<>(RetrainingCause.class);
    MetricGroup model =
        PipelineMetrics.of(getMetricGroup(), pipeline).addGroup("model_version", version);
    for (RetrainingCause cause : RetrainingCause.values()) {
      // As it is written in retrain.on.
      String word = cause.name().toLowerCase(Locale.ROOT);
      triggers.put(cause, model.addGroup("cause", word).counter("triggers_total"));
    }
  }

  @Override
  public void processElement(StreamRecord<RetrainingTrigger> element) {
    Counter counter = triggers.get(element.getValue().getCause());
    if (counter != null) {
      counter.inc();
    }
    output.collect(element);
  }
}
