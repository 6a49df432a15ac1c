package dev.millrace.schemas.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schemas.avro.FeatureGeneration;
import dev.millrace.schemas.avro.GenerationStatus;
import dev.millrace.schemas.pipeline.Generation;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ViewVersion;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.registry.InMemoryRegistry;
import dev.millrace.schemas.testing.ExamplePipeline;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerationLogTest {
  private static final Instant NOW = Instant.ofEpochMilli(1_700_000_000_000L);

  private final Pipeline pipeline;
  private final TopicPartition topic;
  private final GenerationLog log;
  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");

  GenerationLogTest(@TempDir Path directory) {
    pipeline = PipelineFile.load(ExamplePipeline.FLIGHTS.writeTo(directory));
    topic = new TopicPartition(Topics.featureGenerations(pipeline), 0);
    log = new GenerationLog(pipeline, new Properties(), new InMemoryRegistry());
  }

  @Test
  void aGenerationBeginsWithAllViewsReadFromTheBeginning() {
    FeatureGeneration begun = GenerationLog.begun(pipeline, NOW);
    assertThat(begun.getGeneration()).isEqualTo(Generation.of(pipeline));
    assertThat(begun.getStatus()).isEqualTo(GenerationStatus.BACKFILLING);
    assertThat(begun.getLookups()).isEqualTo(Generation.lookups(pipeline));
    assertThat(begun.getViews())
        .hasSameSizeAs(ViewVersion.all(pipeline))
        .allSatisfy(view -> assertThat(view.getBackfillUntil()).isNull());
  }

  @Test
  void theNewestRecordOfEachGenerationIsRead() throws InterruptedException {
    FeatureGeneration first = GenerationLog.begun(pipeline, NOW);
    FeatureGeneration other = FeatureGeneration.newBuilder(first).setGeneration("0000000a").build();
    FeatureGeneration newest =
        FeatureGeneration.newBuilder(first).setStatus(GenerationStatus.SERVING).build();

    deliver(written(first, other, newest));

    assertThat(log.read(consumer))
        .isEqualTo(Map.of(newest.getGeneration(), newest, "0000000a", other));
  }

  @Test
  void withoutTheTopicThereAreNone() {
    assertThat(log.read(consumer)).isEmpty();
  }

  @Test
  void aRecordThatCannotBeDecodedIsAnError() {
    deliver(List.of(new ProducerRecord<>(topic.topic(), new byte[0], new byte[] {9, 9, 9, 9, 9})));
    assertThatThrownBy(() -> log.read(consumer))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(topic.topic() + ", offset 0");
  }

  private List<ProducerRecord<byte[], byte[]>> written(FeatureGeneration... records)
      throws InterruptedException {
    try (var producer =
        new MockProducer<>(
            true,
            new RoundRobinPartitioner(),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      log.write(List.of(records), producer);
      return producer.history();
    }
  }

  private void deliver(List<ProducerRecord<byte[], byte[]>> records) {
    Node node = new Node(0, "broker", 9092);
    Node[] nodes = {node};
    consumer.updatePartitions(
        topic.topic(), List.of(new PartitionInfo(topic.topic(), 0, node, nodes, nodes)));
    consumer.updateBeginningOffsets(Map.of(topic, 0L));
    consumer.updateEndOffsets(Map.of(topic, (long) records.size()));
    consumer.schedulePollTask(
        () -> {
          for (int offset = 0; offset < records.size(); offset++) {
            ProducerRecord<byte[], byte[]> record = records.get(offset);
            consumer.addRecord(
                new ConsumerRecord<>(topic.topic(), 0, offset, record.key(), record.value()));
          }
        });
  }
}
