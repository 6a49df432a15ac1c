package dev.millrace.inference.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.inference.metrics.InferenceMetrics;
import dev.millrace.inference.repartition.AnswerPartitioner;
import dev.millrace.inference.repartition.EntityPartitioner;
import dev.millrace.inference.rows.EventTimes;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.topics.Progress;
import dev.millrace.schemas.topics.Topics;
import dev.millrace.schemas.topics.WireHeaders;
import io.prometheus.client.CollectorRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.apache.kafka.streams.processor.api.MockProcessorContext.CapturedForward;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline with several partitions: the tasks that score and those that answer, connected by
 * topics in memory. The offset of an event is its index in its partition.
 */
final class RepartitionCluster {
  /**
   * A record of the predictions.
   *
   * @param prediction null: progress
   */
  record Output(@Nullable GenericRecord prediction, long progressMillis) {}

  private final Pipeline pipeline;
  private final PaymentRecords wire;
  private final Map<TopicPartition, List<@Nullable Record<byte[], byte[]>>> topics =
      new HashMap<>();
  private final List<List<Output>> outputs = new ArrayList<>();
  private final List<ClusterTask> tasks = new ArrayList<>();
  private long now = TestDriver.START.toEpochMilli();

  RepartitionCluster(Pipeline pipeline) {
    this.pipeline = pipeline;
    this.wire = new PaymentRecords(pipeline);
    TopologyInputs inputs =
        new TopologyInputs(
            pipeline,
            null,
            Codecs.register(pipeline, wire.registry, wire.registry),
            new InferenceMetrics(pipeline, new CollectorRegistry()),
            new EventTimes());
    for (int partition = 0; partition < pipeline.partitions(); partition++) {
      outputs.add(new ArrayList<>());
      tasks.add(new ClusterTask(inputs, true, partition, this));
      tasks.add(new ClusterTask(inputs, false, partition, this));
    }
  }

  /** The topics of a task, without those of rows. */
  List<String> topics(boolean scores) {
    return scores
        ? List.of(
            Topics.clean(pipeline, "payments"),
            Topics.vectors(pipeline),
            Topics.rowAnswers(pipeline))
        : List.of(Topics.rowQuestions(pipeline));
  }

  long now() {
    return now;
  }

  ClusterTask task(Random random) {
    return tasks.get(random.nextInt(tasks.size()));
  }

  int end(TopicPartition partition) {
    return topics.getOrDefault(partition, List.of()).size();
  }

  /** Null: the record was lost. */
  @Nullable Record<byte[], byte[]> read(TopicPartition partition, int offset) {
    return Objects.requireNonNull(topics.get(partition)).get(offset);
  }

  /** Loses a committed record, as retention does when no process runs. */
  void lose(String topic, Random random) {
    TopicPartition partition = new TopicPartition(topic, random.nextInt(pipeline.partitions()));
    if (end(partition) > 0) {
      Objects.requireNonNull(topics.get(partition)).set(random.nextInt(end(partition)), null);
    }
  }

  private void append(String topic, int partition, Record<byte[], byte[]> record) {
    topics
        .computeIfAbsent(new TopicPartition(topic, partition), none -> new ArrayList<>())
        .add(record);
  }

  /** Writes what a task has forwarded. */
  void write(int partition, CapturedForward<? extends byte[], ? extends byte[]> forward) {
    Record<? extends byte[], ? extends byte[]> from = forward.record();
    Record<byte[], byte[]> record =
        new Record<>(from.key(), from.value(), from.timestamp(), from.headers());
    switch (forward.childName().orElseThrow()) {
      case NodeName.PREDICTIONS -> outputs.get(partition).add(output(record));
      case NodeName.QUESTIONS_OUT ->
          append(Topics.rowQuestions(pipeline), new EntityPartitioner(), record);
      case NodeName.ANSWERS_OUT ->
          append(Topics.rowAnswers(pipeline), new AnswerPartitioner(), record);
      default -> throw new AssertionError("unexpected record for " + forward.childName());
    }
  }

  private Output output(Record<byte[], byte[]> record) {
    return record.value() == null
        ? new Output(null, Objects.requireNonNull(Progress.read(record.headers())).timeMillis())
        : new Output(wire.prediction(record.value()), 0);
  }

  private void append(
      String topic, StreamPartitioner<byte[], byte[]> partitioner, Record<byte[], byte[]> record) {
    int partition =
        partitioner
            .partitions(topic, record.key(), record.value(), pipeline.partitions())
            .orElseThrow()
            .iterator()
            .next();
    append(topic, partition, record);
  }

  /** Appends an event, and returns its offset. */
  long event(int partition, String card, @Nullable String merchant, long time) {
    String topic = Topics.clean(pipeline, "payments");
    int offset = end(new TopicPartition(topic, partition));
    byte[] value = wire.event(id(partition, offset), card, merchant, time, 1);
    append(topic, partition, new Record<>(PaymentRecords.bytes(card), value, time));
    return offset;
  }

  static String id(int partition, long offset) {
    return "p" + partition + "-" + offset;
  }

  void vector(int partition, String card, long offset, long time) {
    byte[] value = wire.vector(id(partition, offset), time, offset, true, Map.of());
    append(
        Topics.vectors(pipeline), partition, new Record<>(PaymentRecords.bytes(card), value, time));
  }

  /** Appends progress that says that all events before a time were written, but late ones. */
  void progress(int partition, long timeMillis) {
    String topic = Topics.clean(pipeline, "payments");
    Progress progress = new Progress(0, 1, timeMillis, false, 0);
    RecordHeaders headers = new RecordHeaders();
    progress.write(headers);
    append(topic, partition, record(progress.key(0), null, headers));
  }

  /** Appends a row to a partition; a negative one: to that of the entity. */
  void row(int partition, RowTwin.Step row) {
    String topic = Topics.features(pipeline, row.view());
    RecordHeaders headers = new RecordHeaders();
    WireHeaders.put(headers, WireHeaders.EVENT_TIME, row.time());
    byte[] value =
        row.sum() == null
            ? null
            : wire.row(
                row.view(),
                row.entity(),
                row.time(),
                row.sequence(),
                new PaymentRecords.Answer(row.time(), 1, row.sum()));
    Record<byte[], byte[]> record = record(PaymentRecords.bytes(row.entity()), value, headers);
    if (partition < 0) {
      append(topic, new EntityPartitioner(), record);
    } else {
      append(topic, partition, record);
    }
  }

  @SuppressWarnings("NullAway") // Kafka accepts a null value, but is not annotated.
  private static Record<byte[], byte[]> record(
      byte[] key, byte @Nullable [] value, RecordHeaders headers) {
    return new Record<>(key, value, 0, headers);
  }

  /** Lets wall-clock time pass in all tasks. */
  void pass(long millis) {
    now += millis;
    tasks.forEach(ClusterTask::timeOut);
  }

  /** Reads everything, and commits it until no output and no removal is left. */
  void settle(Random random) {
    for (int quiet = 0; quiet < 3; quiet++) {
      for (ClusterTask task : tasks) {
        while (task.poll(random)) {
          quiet = -1;
        }
        quiet = task.commit() ? -1 : quiet;
      }
    }
  }

  /** Reads and commits what the tasks that score, or those that answer, have to read now. */
  void run(boolean scores) {
    for (ClusterTask task : tasks) {
      if (task.scores() == scores) {
        while (task.poll(new Random(1))) {
          // Until nothing is left.
        }
        task.commit();
      }
    }
  }

  /** Crashes the tasks that score, or those that answer. */
  void crash(boolean scores) {
    tasks.stream()
        .filter(task -> task.scores() == scores)
        .forEach(task -> task.crash(new Random(1)));
  }

  List<Output> outputs(int partition) {
    return outputs.get(partition);
  }

  void assertNothingKept() {
    for (ClusterTask task : tasks) {
      task.commit();
      task.commit();
      assertThat(task.kept()).isZero();
    }
  }
}
