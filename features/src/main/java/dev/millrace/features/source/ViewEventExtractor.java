package dev.millrace.features.source;

import dev.millrace.features.view.ViewPlan;
import dev.millrace.schemas.flink.job.PipelineMetrics;
import dev.millrace.schemas.flink.sink.DeadLetterRecord;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.pipeline.EntityKey;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Fields;
import dev.millrace.schemas.pipeline.Source;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Extracts from each record of a source one {@link ViewEvent} for every view over the source. For a
 * view whose entity field is null the event is only counted. Dead letters go to the side output
 * {@link DeadLetterRecord#OUTPUT}.
 */
public final class ViewEventExtractor extends ProcessFunction<IncomingRecord, ViewEvent> {
  private static final long serialVersionUID = 1L;

  private final String pipeline;
  private final String idField;
  private final List<FeatureView> views;

  @SuppressWarnings("NullAway.Init")
  private transient List<OpenView> openViews;

  private record OpenView(int index, EntityKey entity, ViewPlan plan, Counter withoutEntity) {}

  /**
   * @param pipeline name of the pipeline, for metrics
   * @param views over the source
   */
  public ViewEventExtractor(String pipeline, Source source, List<FeatureView> views) {
    this.pipeline = pipeline;
    this.idField = source.id();
    this.views = List.copyOf(views);
  }

  @Override
  public void open(OpenContext context) {
    MetricGroup metrics = PipelineMetrics.of(getRuntimeContext().getMetricGroup(), pipeline);
    openViews = new ArrayList<>();
    for (FeatureView view : views) {
      Counter withoutEntity =
          metrics.addGroup("view", view.name()).counter("events_without_entity_total");
      openViews.add(
          new OpenView(openViews.size(), view.entity(), new ViewPlan(view), withoutEntity));
    }
  }

  @Override
  public void processElement(IncomingRecord record, Context context, Collector<ViewEvent> out) {
    if (record.deadLetter() != null) {
      context.output(DeadLetterRecord.OUTPUT, record.deadLetter());
    }
    GenericRecord event = record.value();
    if (event == null) {
      return;
    }
    String eventId = String.valueOf(Fields.value(event, idField));
    for (OpenView view : openViews) {
      String entity = view.entity.of(event);
      if (entity == null) {
        view.withoutEntity.inc();
        continue;
      }
      out.collect(
          new ViewEvent(
              view.index,
              entity,
              eventId,
              record.eventTimeMillis(),
              record.late(),
              record.partition(),
              record.offset(),
              view.plan.values(event)));
    }
  }
}
