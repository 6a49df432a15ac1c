package dev.millrace.inference.topology;

import dev.millrace.inference.metrics.InferenceMetrics;
import dev.millrace.inference.policy.WaitPolicy;
import dev.millrace.inference.rows.EventTimes;
import dev.millrace.inference.rows.NewestRows;
import dev.millrace.inference.rows.StoredFeatures;
import dev.millrace.inference.rows.VectorRows;
import dev.millrace.inference.rows.ViewStore;
import dev.millrace.inference.scoring.EventScorer;
import dev.millrace.inference.waiting.EarlyVectors;
import dev.millrace.inference.waiting.EventFields;
import dev.millrace.inference.waiting.EventVectorJoin;
import dev.millrace.inference.waiting.PendingEventCodec;
import dev.millrace.inference.waiting.PendingEvents;
import dev.millrace.inference.waiting.VectorWait;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.pipeline.Guarantee;
import dev.millrace.schemas.pipeline.Lookup;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.streams.commit.DeferredRemovals;
import dev.millrace.schemas.streams.records.RecordPosition;
import dev.millrace.schemas.topics.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * One task: creates its parts and connects them. An event goes from {@link EventReader} to {@link
 * EventVectorJoin} to {@link EventScorer} to {@link PredictionOutput}.
 */
final class PartitionTask implements AutoCloseable {
  private final ProcessorContext<byte[], byte[]> context;
  private final InferenceMetrics metrics;
  private final EventTimes times;
  private final DeferredRemovals removals;
  private final EventScorer scorer;
  private final EventVectorJoin waiting;
  private final ProgressRelay progress;
  private final Map<String, InputReader> readers = new HashMap<>();

  /** Restores what an earlier process left in the stores. */
  PartitionTask(TopologyInputs inputs, ProcessorContext<byte[], byte[]> context) {
    this.context = context;
    this.metrics = inputs.metrics();
    this.times = inputs.times();
    Pipeline pipeline = inputs.pipeline();
    String clean = Topics.clean(pipeline, pipeline.score());
    PredictionOutput output =
        new PredictionOutput(clean, inputs.codecs().predictionEncoder(), context, metrics);
    Map<String, NewestRows> stores = new LinkedHashMap<>();
    List<VectorRows> ownRows = new ArrayList<>();
    for (ViewStore view : ViewStore.of(pipeline)) {
      AvroDecoder decoder = inputs.codecs().rowDecoder(view);
      NewestRows newest = new NewestRows(context.getStateStore(view.store()), decoder);
      stores.put(view.name(), newest);
      readers.put(view.topic(), new RowReader(new RecordDecoder(decoder, output), newest, output));
      if (view.isFedByVectors()) {
        ownRows.add(inputs.codecs().vectorRows(view, newest));
      }
    }
    this.removals = new DeferredRemovals(pipeline.guarantee() == Guarantee.AT_LEAST_ONCE);
    this.scorer = scorer(inputs, stored(pipeline, stores), output);
    RecordDecoder events = new RecordDecoder(inputs.codecs().eventDecoder(), output);
    AvroDecoder vectors = inputs.codecs().vectorDecoder();
    EventFields fields = new EventFields(pipeline.scored());
    this.waiting = waiting(pipeline, events, vectors, fields);
    this.progress = new ProgressRelay(waiting::oldestWaiting, output::forward);
    readers.put(clean, new EventReader(events, fields, waiting, progress));
    readers.put(
        Topics.vectors(pipeline),
        new VectorReader(new RecordDecoder(vectors, output), ownRows, waiting, output, metrics));
  }

  private static StoredFeatures stored(Pipeline pipeline, Map<String, NewestRows> stores) {
    List<Lookup> lookups = List.copyOf(pipeline.lookups().values());
    return new StoredFeatures(
        lookups,
        lookups.stream()
            .map(lookup -> Objects.requireNonNull(stores.get(lookup.view().name())))
            .toList());
  }

  private EventScorer scorer(
      TopologyInputs inputs, StoredFeatures stored, PredictionOutput output) {
    return new EventScorer(
        inputs.pipeline(),
        stored,
        inputs.champion(),
        context.taskId().partition(),
        metrics,
        output::forward);
  }

  private EventVectorJoin waiting(
      Pipeline pipeline, RecordDecoder events, AvroDecoder vectors, EventFields fields) {
    long nowMillis = context.currentSystemTimeMs();
    PendingEvents pending =
        new PendingEvents(
            context.getStateStore(NodeName.PENDING_EVENTS),
            new PendingEventCodec(events::decodeAgain, nowMillis),
            removals);
    EarlyVectors early =
        new EarlyVectors(
            context.getStateStore(NodeName.EARLY_VECTORS), vectors, fields, removals, nowMillis);
    return new EventVectorJoin(
        new WaitPolicy(VectorWait.of(pipeline)), pending, early, removals, scorer::score);
  }

  void process(Record<byte[], byte[]> record) {
    RecordPosition position = RecordPosition.of(context.recordMetadata().orElseThrow());
    Objects.requireNonNull(readers.get(position.topic()), position.topic())
        .read(record, position, context.currentSystemTimeMs());
  }

  /** Scores the events whose wait has ended. */
  void timeOut(long nowMillis) {
    waiting.timeOut(nowMillis);
    progress.pass(nowMillis);
    int partition = context.taskId().partition();
    times.set(partition, context.currentStreamTimeMs());
    metrics.waiting(partition, waiting.eventCount(), waiting.vectorCount());
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
    times.remove(context.taskId().partition());
  }
}
