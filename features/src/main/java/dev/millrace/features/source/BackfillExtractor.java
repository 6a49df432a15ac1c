package dev.millrace.features.source;

import dev.millrace.features.view.LookupUse;
import dev.millrace.features.view.ViewPlan;
import dev.millrace.schemas.flink.job.PipelineMetrics;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Pipeline;
import java.util.List;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Extracts the events of one view from the records of its backfill, for each of its lookups. There
 * are no questions and no dead letters: those come from the records that are read for all views.
 */
public final class BackfillExtractor extends ProcessFunction<IncomingRecord, ViewEvent> {
  private static final long serialVersionUID = 1L;

  private final String pipeline;
  private final FeatureView view;
  private final List<Integer> lookups;

  @SuppressWarnings("NullAway.Init")
  private transient ViewPlan plan;

  @SuppressWarnings("NullAway.Init")
  private transient Counter withoutEntity;

  /**
   * @param uses the lookups of the view
   */
  public BackfillExtractor(Pipeline pipeline, FeatureView view, List<LookupUse> uses) {
    this.pipeline = pipeline.name();
    this.view = view;
    this.lookups = uses.stream().map(LookupUse::index).toList();
  }

  @Override
  public void open(OpenContext context) {
    plan = new ViewPlan(view, false);
    withoutEntity =
        PipelineMetrics.of(getRuntimeContext().getMetricGroup(), pipeline)
            .addGroup("view", view.name())
            .counter("events_without_entity_total");
  }

  @Override
  public void processElement(IncomingRecord record, Context context, Collector<ViewEvent> out) {
    GenericRecord event = record.value();
    if (event == null) {
      return;
    }
    String entity = view.entity().of(event);
    if (entity == null) {
      withoutEntity.inc();
      return;
    }
    long order = EventOrder.of(record.partition(), record.offset(), record.late());
    for (int lookup : lookups) {
      out.collect(
          new ViewEvent(lookup, entity, record.eventTimeMillis(), order, plan.values(event)));
    }
  }
}
