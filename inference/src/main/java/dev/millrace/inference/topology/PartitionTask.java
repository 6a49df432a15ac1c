package dev.millrace.inference.topology;

import dev.millrace.inference.metrics.InferenceMetrics;
import dev.millrace.inference.policy.WaitPolicy;
import dev.millrace.inference.repartition.RepartitionedRows;
import dev.millrace.inference.rows.EventTimes;
import dev.millrace.inference.scoring.EventScorer;
import dev.millrace.inference.waiting.EarlyVectors;
import dev.millrace.inference.waiting.EventFields;
import dev.millrace.inference.waiting.EventVectorJoin;
import dev.millrace.inference.waiting.PendingEventCodec;
import dev.millrace.inference.waiting.PendingEvents;
import dev.millrace.inference.waiting.StoredRows;
import dev.millrace.inference.waiting.VectorWait;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.pipeline.Guarantee;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.streams.commit.DeferredRemovals;
import dev.millrace.schemas.streams.records.RecordPosition;
import dev.millrace.schemas.topics.Topics;
import java.util.HashMap;
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
    DeadLetterOutput deadLetters = new DeadLetterOutput(context, metrics, NodeName.DEAD_LETTERS);
    PredictionOutput output =
        new PredictionOutput(clean, inputs.codecs().predictionEncoder(), context, deadLetters);
    TaskRows rows = new TaskRows(inputs, context, deadLetters);
    readers.putAll(rows.readers());
    this.removals = new DeferredRemovals(pipeline.guarantee() == Guarantee.AT_LEAST_ONCE);
    this.scorer = scorer(inputs, output);
    RecordDecoder events = new RecordDecoder(inputs.codecs().eventDecoder(), deadLetters);
    AvroDecoder vectors = inputs.codecs().vectorDecoder();
    EventFields fields = new EventFields(pipeline.scored());
    RepartitionedRows repartitioned = rows.repartitioned(fields);
    this.waiting =
        waiting(
            pipeline,
            events,
            vectors,
            fields,
            repartitioned == null ? rows.stored() : repartitioned);
    this.progress = new ProgressRelay(pipeline, waiting::oldestWaitingMillis, output::forward);
    readers.put(clean, new EventReader(events, fields, waiting, progress));
    readers.put(
        Topics.vectors(pipeline),
        new VectorReader(
            new RecordDecoder(vectors, deadLetters),
            rows.ofVectors(),
            waiting,
            deadLetters,
            metrics));
    if (repartitioned != null) {
      RecordDecoder answers = new RecordDecoder(inputs.codecs().answerDecoder(), deadLetters);
      readers.put(
          Topics.rowAnswers(pipeline),
          new AnswerReader(answers, waiting, repartitioned, metrics.repartition()));
    }
  }

  private EventScorer scorer(TopologyInputs inputs, PredictionOutput output) {
    return new EventScorer(
        inputs.pipeline(),
        inputs.champion(),
        context.taskId().partition(),
        metrics,
        output::forward);
  }

  private EventVectorJoin waiting(
      Pipeline pipeline,
      RecordDecoder events,
      AvroDecoder vectors,
      EventFields fields,
      StoredRows rows) {
    long nowMillis = context.currentSystemTimeMs();
    PendingEvents pending =
        new PendingEvents(
            context.getStateStore(NodeName.PENDING_EVENTS),
            new PendingEventCodec(events::decodeAgain, nowMillis),
            removals);
    EarlyVectors early =
        new EarlyVectors(
            context.getStateStore(NodeName.earlyVectors(pipeline)),
            vectors,
            fields,
            removals,
            nowMillis);
    return new EventVectorJoin(
        new WaitPolicy(VectorWait.of(pipeline)), pending, early, rows, removals, scorer::score);
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

  /** Writes what waits to the stores: the records that were read do not come again. */
  void beforeCommit() {
    waiting.store();
  }

  /**
   * Runs the removals that waited for the commit: all output so far was written. With exactly-once
   * none waits.
   */
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
