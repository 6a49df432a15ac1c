package dev.millrace.features.source;

import dev.millrace.features.source.Question.Part;
import dev.millrace.features.source.Question.Values;
import dev.millrace.features.view.Backfill;
import dev.millrace.features.view.LookupUse;
import dev.millrace.features.view.ViewPlan;
import dev.millrace.schemas.flink.job.PipelineMetrics;
import dev.millrace.schemas.flink.sink.DeadLetterRecord;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.pipeline.EntityKey;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Fields;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Extracts from each record of a source an event for every lookup of a view over the source, and
 * from each record of the scored source, unless it is late, a {@link Question} in the side output
 * {@link #QUESTIONS}. An event that asks about its own entity travels with its question only, so
 * that its answer includes it. For a view whose entity field is null the event is only counted. A
 * view gets no event that its {@link Backfill} reads. Dead letters go to the side output {@link
 * DeadLetterRecord#OUTPUT}.
 */
public final class EventExtractor extends ProcessFunction<IncomingRecord, ViewEvent> {
  /** The side output of the scored source. */
  public static final OutputTag<Question> QUESTIONS =
      new OutputTag<>("questions", QuestionSerializer.TYPE);

  private static final long serialVersionUID = 1L;

  private final String pipeline;
  private final Source source;
  private final boolean scored;
  private final List<LookupUse> lookups;

  @SuppressWarnings("NullAway.Init")
  private transient List<OpenView> views;

  /** A view over the source, and the indexes of its lookups. */
  private record OpenView(
      EntityKey entity,
      ViewPlan plan,
      List<Integer> lookups,
      long delayMillis,
      @Nullable Backfill backfill,
      Counter withoutEntity) {
    boolean takes(IncomingRecord record) {
      return backfill == null
          || !backfill.reads(record.partition(), record.offset(), record.late());
    }
  }

  /**
   * @param lookups all lookups of the pipeline, in its order
   */
  public EventExtractor(Pipeline pipeline, Source source, List<LookupUse> lookups) {
    this.pipeline = pipeline.name();
    this.source = source;
    this.scored = source.name().equals(pipeline.score());
    this.lookups = List.copyOf(lookups);
  }

  @Override
  public void open(OpenContext context) {
    MetricGroup metrics = PipelineMetrics.of(getRuntimeContext().getMetricGroup(), pipeline);
    views = new ArrayList<>();
    for (LookupUse first : lookups) {
      FeatureView view = first.view();
      if (first.feeds() && view.from().equals(source.name())) {
        views.add(
            new OpenView(
                view.entity(),
                new ViewPlan(view, first.align()),
                lookups.stream()
                    .filter(use -> use.view().name().equals(view.name()))
                    .map(LookupUse::index)
                    .toList(),
                view.delay().toMillis(),
                first.backfill(),
                metrics.addGroup("view", view.name()).counter("events_without_entity_total")));
      }
    }
  }

  @Override
  public void processElement(IncomingRecord record, Context context, Collector<ViewEvent> out) {
    GenericRecord event = record.value();
    DeadLetterRecord deadLetter = record.deadLetter();
    if (deadLetter != null) {
      context.output(DeadLetterRecord.OUTPUT, deadLetter);
    }
    if (event == null) {
      return;
    }
    Question question = scored && !record.late() ? question(record, event) : null;
    long order = EventOrder.of(record.partition(), record.offset(), record.late());
    for (OpenView view : views) {
      if (!view.takes(record)) {
        continue;
      }
      String entity = view.entity.of(event);
      if (entity == null) {
        view.withoutEntity.inc();
        continue;
      }
      @Nullable Object[] values = view.plan.values(event);
      for (int lookup : view.lookups) {
        if (question != null && entity.equals(question.entities()[lookup])) {
          question.own()[lookup] = new Values(values);
        } else {
          long countsMillis = record.eventTimeMillis() + view.delayMillis;
          out.collect(new ViewEvent(lookup, entity, countsMillis, order, values));
        }
      }
    }
    if (question != null) {
      context.output(QUESTIONS, question);
    }
  }

  private Question question(IncomingRecord record, GenericRecord event) {
    @Nullable String[] entities = new @Nullable String[lookups.size()];
    for (LookupUse use : lookups) {
      entities[use.index()] = use.lookup().key().of(event);
    }
    return new Question(
        String.valueOf(Fields.value(event, source.id())),
        record.eventTimeMillis(),
        record.partition(),
        record.offset(),
        String.valueOf(Fields.value(event, source.key())),
        entities,
        new @Nullable Values[lookups.size()],
        new @Nullable Part[lookups.size()],
        true);
  }
}
