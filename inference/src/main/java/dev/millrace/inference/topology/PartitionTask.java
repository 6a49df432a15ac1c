package dev.millrace.inference.topology;

import dev.millrace.inference.metrics.InferenceMetrics;
import dev.millrace.inference.policy.WaitPolicy;
import dev.millrace.inference.rows.NewestRows;
import dev.millrace.inference.rows.ViewAccess;
import dev.millrace.inference.scoring.EventScorer;
import dev.millrace.inference.scoring.RowLookup;
import dev.millrace.inference.waiting.AwaitedRows;
import dev.millrace.inference.waiting.EventFields;
import dev.millrace.inference.waiting.EventRowJoin;
import dev.millrace.inference.waiting.PendingEventCodec;
import dev.millrace.inference.waiting.PendingEvents;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.pipeline.Guarantee;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.streams.commit.DeferredRemovals;
import dev.millrace.schemas.streams.records.RecordPosition;
import dev.millrace.schemas.topics.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * One task: creates its parts and connects them. An event goes from {@link EventReader} to {@link
 * EventRowJoin} to {@link EventScorer} to {@link PredictionOutput}.
 */
final class PartitionTask implements AutoCloseable {
  private final ProcessorContext<byte[], byte[]> context;
  private final InferenceMetrics metrics;
  private final DeferredRemovals removals;
  private final EventScorer scorer;
  private final EventRowJoin waiting;
  private final EventReader events;
  private final Map<String, RowHandler> rowsByTopic = new HashMap<>();

  /** Restores what an earlier process left in the stores. */
  PartitionTask(TopologyInputs inputs, ProcessorContext<byte[], byte[]> context) {
    this.context = context;
    this.metrics = inputs.metrics();
    Pipeline pipeline = inputs.pipeline();
    List<ViewAccess> views = ViewAccess.of(pipeline);
    List<AvroDecoder> rowDecoders = views.stream().map(inputs.codecs()::rowDecoder).toList();
    List<NewestRows> newest = new ArrayList<>();
    for (int v = 0; v < views.size(); v++) {
      newest.add(new NewestRows(context.getStateStore(views.get(v).store()), rowDecoders.get(v)));
    }
    PredictionOutput output =
        new PredictionOutput(
            Topics.clean(pipeline, pipeline.score()),
            inputs.codecs().predictionEncoder(),
            context,
            metrics);
    this.removals = new DeferredRemovals(pipeline.guarantee() == Guarantee.AT_LEAST_ONCE);
    this.scorer = scorer(inputs, new RowLookup(views, newest), output);
    RecordDecoder eventDecoder = new RecordDecoder(inputs.codecs().eventDecoder(), output);
    EventFields fields = new EventFields(pipeline.scored());
    this.waiting = waiting(views, rowDecoders, eventDecoder, fields);
    this.events = new EventReader(eventDecoder, fields, views.size(), waiting);
    for (int v = 0; v < views.size(); v++) {
      ViewAccess view = views.get(v);
      RecordDecoder decoder = new RecordDecoder(rowDecoders.get(v), output);
      rowsByTopic.put(
          view.topic(),
          new RowHandler(v, view.isAwaited(), decoder, newest.get(v), waiting, output, metrics));
    }
  }

  private EventScorer scorer(TopologyInputs inputs, RowLookup lookup, PredictionOutput output) {
    return new EventScorer(
        inputs.pipeline(),
        lookup,
        inputs.champion(),
        context.taskId().partition(),
        metrics,
        output::forward);
  }

  private EventRowJoin waiting(
      List<ViewAccess> views,
      List<AvroDecoder> rowDecoders,
      RecordDecoder eventDecoder,
      EventFields fields) {
    long nowMillis = context.currentSystemTimeMs();
    PendingEvents pending =
        new PendingEvents(
            context.getStateStore(NodeName.PENDING_EVENTS),
            new PendingEventCodec(eventDecoder::decodeAgain, views.size(), nowMillis),
            removals);
    AwaitedRows awaitedRows =
        new AwaitedRows(
            context.getStateStore(NodeName.AWAITED_ROWS),
            views,
            rowDecoders,
            fields,
            removals,
            nowMillis);
    WaitPolicy policy = new WaitPolicy(views.stream().map(ViewAccess::rowWait).toList());
    return new EventRowJoin(policy, pending, awaitedRows, removals, scorer::score);
  }

  void process(Record<byte[], byte[]> record) {
    RecordPosition position = RecordPosition.of(context.recordMetadata().orElseThrow());
    long nowMillis = context.currentSystemTimeMs();
    RowHandler rows = rowsByTopic.get(position.topic());
    if (rows == null) {
      events.read(record, position, nowMillis);
    } else {
      rows.read(record, position, nowMillis);
    }
  }

  /** Scores the events whose last wait has ended. */
  void timeOut(long nowMillis) {
    waiting.timeOut(nowMillis);
    metrics.waiting(context.taskId().partition(), waiting.eventCount(), waiting.rowCount());
  }

  void cleanUp(long nowMillis) {
    waiting.cleanUp(nowMillis);
  }

  /** Runs the removals that waited for the commit: all output so far was written. */
  void committed() {
    removals.committed();
  }

  @Override
  public void close() {
    scorer.close();
    metrics.removePartition(context.taskId().partition());
  }
}
