package dev.millrace.inference.topology;

import dev.millrace.inference.metrics.InferenceMetrics;
import dev.millrace.inference.rows.EventTimes;
import dev.millrace.inference.rows.ViewStore;
import dev.millrace.inference.topology.PaymentRecords.Answer;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.topics.Progress;
import dev.millrace.schemas.topics.Topics;
import io.prometheus.client.CollectorRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext.CapturedForward;
import org.apache.kafka.streams.processor.api.Record;

/**
 * One partition. With exactly-once, a crash resets stores and output to the last commit; with
 * at-least-once, what was written since then may be kept or lost. The caller decides what is read
 * again after a crash.
 */
final class CrashingPartition {
  /**
   * Progress among the predictions.
   *
   * @param predictions the number of predictions before it
   */
  record ForwardedProgress(long timeMillis, int predictions) {}

  private Pipeline pipeline;
  private PaymentRecords wire;
  private TopologyInputs inputs;
  private final List<GenericRecord> committed = new ArrayList<>();
  private final List<ForwardedProgress> progress = new ArrayList<>();
  private final CrashingContext context;
  private PartitionTask task;
  private long now;

  CrashingPartition(Pipeline pipeline, long now) {
    this.pipeline = pipeline;
    this.now = now;
    wire = new PaymentRecords(pipeline);
    inputs = inputs();
    context = new CrashingContext(new TaskId(0, 0), storeNames(), now, this::write);
    task = new PartitionTask(inputs, context.get());
  }

  private TopologyInputs inputs() {
    return new TopologyInputs(
        pipeline,
        null,
        Codecs.register(pipeline, wire.registry, wire.registry),
        new InferenceMetrics(pipeline, new CollectorRegistry()),
        new EventTimes());
  }

  private List<String> storeNames() {
    List<String> names =
        new ArrayList<>(List.of(NodeName.PENDING_EVENTS, NodeName.earlyVectors(pipeline)));
    ViewStore.of(pipeline).forEach(view -> names.add(view.store()));
    return names;
  }

  void event(String id, String card, long time, long offset) {
    context.get().setRecordMetadata(Topics.clean(pipeline, "payments"), 0, offset);
    task.process(
        new Record<>(PaymentRecords.bytes(card), wire.event(id, card, null, time, 1), time));
  }

  /** The progress of the only arrival partition. */
  void progress(long time, long offset) {
    context.get().setRecordMetadata(Topics.clean(pipeline, "payments"), 0, offset);
    Progress progress = new Progress(0, 1, time, false, 0);
    RecordHeaders headers = new RecordHeaders();
    progress.write(headers);
    task.process(progressRecord(progress, headers));
  }

  @SuppressWarnings("NullAway") // Kafka accepts a null value, but is not annotated.
  private static Record<byte[], byte[]> progressRecord(Progress progress, RecordHeaders headers) {
    return new Record<>(progress.key(0), null, 0, headers);
  }

  /** A vector whose sum for the card is its offset. */
  void vector(String id, String card, long time, long offset) {
    vector(id, card, time, offset, (double) offset);
  }

  void vector(String id, String card, long time, long offset, double sum) {
    context.get().setRecordMetadata(Topics.vectors(pipeline), 0, offset);
    Answer answer = new Answer(time, 1, sum);
    byte[] vector = wire.vector(id, time, offset, true, Map.of("card", answer));
    task.process(new Record<>(PaymentRecords.bytes(card), vector, time));
  }

  void tick(long millis) {
    now += millis;
    context.get().setCurrentSystemTimeMs(now);
    task.timeOut(now);
  }

  void commit() {
    task.beforeCommit();
    context.commit();
    task.committed();
  }

  private void write(CapturedForward<? extends byte[], ? extends byte[]> forward) {
    Record<? extends byte[], ? extends byte[]> record = forward.record();
    if (record.value() == null) {
      progress.add(
          new ForwardedProgress(
              Objects.requireNonNull(Progress.read(record.headers())).timeMillis(),
              committed.size()));
    } else {
      committed.add(wire.prediction(record.value()));
    }
  }

  /** A crash after the changelogs of the stores were written, and before the output was. */
  void crashWithoutOutput(long restartedAt) {
    task.beforeCommit();
    context.keepStores();
    crash(restartedAt);
  }

  /** A crash after a part of the records since the last commit was written, perhaps in a commit. */
  void crashWithPart(long restartedAt, Random random) {
    if (random.nextBoolean()) {
      task.beforeCommit();
    }
    context.commitPart(random);
    crash(restartedAt);
  }

  /** The next process starts at the given time. */
  void crash(long restartedAt) {
    restartWith(pipeline, restartedAt);
  }

  /** The next process starts at the given time, with another definition. */
  void restartWith(Pipeline next, long restartedAt) {
    now = restartedAt;
    task.close();
    pipeline = next;
    wire = new PaymentRecords(next, wire.registry);
    inputs = inputs();
    context.restart(storeNames(), now);
    task = new PartitionTask(inputs, context.get());
  }

  /** The committed progress, in the order of writing. */
  List<ForwardedProgress> committedProgress() {
    return progress;
  }

  /** The committed predictions, in the order of writing. */
  List<GenericRecord> committed() {
    return committed;
  }

  /** The number of pending events and early vectors after a clean-up. */
  int kept() {
    task.cleanUp(now);
    task.beforeCommit();
    task.committed();
    return context.entries(List.of(NodeName.PENDING_EVENTS, NodeName.earlyVectors(pipeline)));
  }
}
