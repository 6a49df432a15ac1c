package dev.millrace.drift.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.flink.job.Checkpoint;
import dev.millrace.schemas.flink.job.CheckpointDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.CommonTestUtils;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class DuplicateOutcomeCheckTest {
  private static final String TOPIC = "millrace.shop.outcomes";
  private static final TopicPartition FIRST = new TopicPartition(TOPIC, 0);
  private static final TopicPartition SECOND = new TopicPartition(TOPIC, 1);

  @RegisterExtension static final MiniClusterExtension CLUSTER = TestCluster.withSlots(2);

  @Test
  void findsOneCommittedRecordInAnyPartition() {
    try (MockConsumer<byte[], byte[]> consumer = consumer(Map.of(FIRST, 3L, SECOND, 8L))) {
      consumer.schedulePollTask(
          () ->
              consumer.addRecord(
                  new ConsumerRecord<>(TOPIC, 1, 7, new byte[] {1}, new byte[] {2})));

      assertThat(DuplicateOutcomeCheck.holdsRecords(consumer, TOPIC)).isTrue();
    }
  }

  @Test
  void ignoresTransactionMarkers() {
    try (MockConsumer<byte[], byte[]> consumer = consumer(Map.of(FIRST, 3L, SECOND, 9L))) {
      // A real consumer skips an aborted transaction in the same way.
      consumer.schedulePollTask(() -> consumer.seek(SECOND, 9));

      assertThat(DuplicateOutcomeCheck.holdsRecords(consumer, TOPIC)).isFalse();
    }
  }

  @Test
  void aMissingTopicHasNoRecords() {
    try (MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest")) {
      assertThat(DuplicateOutcomeCheck.holdsRecords(consumer, TOPIC)).isFalse();
    }
  }

  @Test
  void messageNamesTheTopicTheDirectoryAndTheOption() {
    assertThat(DuplicateOutcomeCheck.message(TOPIC, null, Path.of("/state")))
        .contains(TOPIC, "/state", "--from-scratch");
    assertThat(DuplicateOutcomeCheck.message(TOPIC, "file:/state/chk-3", Path.of("/state")))
        .contains(TOPIC, "file:/state/chk-3", "labels", "--from-scratch");
  }

  /** This happens after drift is removed from a pipeline. */
  @Test
  void aJobWithoutOneOfItsOperatorsRestoresItsCheckpoint(
      @TempDir Path directory, @InjectMiniCluster MiniCluster cluster) throws Exception {
    Checkpoint checkpoint = checkpoint(cluster, directory, "outcomes", "removed");
    assertThat(DuplicateOutcomeCheck.uids(checkpoint.path().toUri().toString()))
        .contains("outcomes", "removed");

    Configuration settings = settings(directory);
    checkpoint.restoreIn(settings);
    JobClient job = start(settings, "outcomes");

    CommonTestUtils.waitForAllTaskRunning(cluster, job.getJobID(), false);
    job.cancel().get();
  }

  private static Checkpoint checkpoint(MiniCluster cluster, Path directory, String... uids)
      throws Exception {
    JobClient job = start(settings(directory), uids);
    JobID id = job.getJobID();
    CommonTestUtils.waitForAllTaskRunning(cluster, id, false);
    cluster.triggerCheckpoint(id).get();
    job.cancel().get();
    CommonTestUtils.waitForJobStatus(job, List.of(JobStatus.CANCELED));
    return new CheckpointDirectory(directory).newest().orElseThrow();
  }

  private static Configuration settings(Path directory) {
    Configuration settings = DriftSettings.of(Duration.ofHours(1));
    new CheckpointDirectory(directory).writeTo(settings);
    return settings;
  }

  /** An endless job with one counting operator for each uid. */
  private static JobClient start(Configuration settings, String... uids) throws Exception {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(settings);
    env.setParallelism(1);
    KeyedStream<Long, Long> numbers =
        env.fromSequence(0, Long.MAX_VALUE).uid("numbers").keyBy(number -> number % 3, Types.LONG);
    Stream.of(uids)
        .forEach(
            uid ->
                numbers
                    .reduce(Long::sum)
                    .name(uid)
                    .uid(uid)
                    .sinkTo(new DiscardingSink<>())
                    .uid(uid + "-sink"));
    return env.executeAsync();
  }

  private static MockConsumer<byte[], byte[]> consumer(Map<TopicPartition, Long> ends) {
    MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    Node[] none = {};
    consumer.updatePartitions(
        TOPIC,
        ends.keySet().stream()
            .map(one -> new PartitionInfo(TOPIC, one.partition(), Node.noNode(), none, none))
            .toList());
    consumer.updateBeginningOffsets(Map.of(FIRST, 3L, SECOND, 7L));
    consumer.updateEndOffsets(ends);
    return consumer;
  }
}
