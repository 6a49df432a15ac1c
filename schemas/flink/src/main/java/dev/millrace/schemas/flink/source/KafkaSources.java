package dev.millrace.schemas.flink.source;

import dev.millrace.schemas.pipeline.Pipeline;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.TopicPartition;

/** Sources that read Kafka topics. */
public final class KafkaSources {
  private KafkaSources() {}

  /**
   * Reads the committed records of a topic. Without a checkpoint it starts at their beginning, not
   * at the group's committed offsets: state that starts in the middle of a stream would be wrong
   * without any sign of it.
   *
   * @param clientSettings of Kafka clients, including the bootstrap servers
   */
  public static KafkaSource<IncomingRecord> committed(
      Properties clientSettings,
      String groupId,
      String clientIdPrefix,
      RecordTopic topic,
      RecordReader reader) {
    return committed(clientSettings, groupId, clientIdPrefix, topic, reader, List.of());
  }

  /**
   * The same, starting at given offsets if there is no checkpoint.
   *
   * @param start by partition; empty: the beginning
   */
  public static KafkaSource<IncomingRecord> committed(
      Properties clientSettings,
      String groupId,
      String clientIdPrefix,
      RecordTopic topic,
      RecordReader reader,
      List<Long> start) {
    return KafkaSource.<IncomingRecord>builder()
        .setProperties(clientSettings)
        .setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed")
        .setTopics(topic.name())
        .setGroupId(groupId)
        .setClientIdPrefix(clientIdPrefix)
        .setStartingOffsets(
            start.isEmpty()
                ? OffsetsInitializer.earliest()
                : OffsetsInitializer.offsets(offsets(topic.name(), start)))
        .setDeserializer(reader)
        .build();
  }

  /** The same source for watermark alignment, see {@link AlignedSource}. */
  public static Source<IncomingRecord, KafkaPartitionSplit, KafkaSourceEnumState> aligned(
      KafkaSource<IncomingRecord> source) {
    return new AlignedSource(source);
  }

  /**
   * Reads the committed records of ranges of one topic, and ends.
   *
   * @param clientSettings of Kafka clients, including the bootstrap servers
   * @param ranges of all partitions of the topic; the last record of each must exist
   */
  public static KafkaSource<IncomingRecord> bounded(
      Properties clientSettings,
      List<OffsetRange> ranges,
      KafkaRecordDeserializationSchema<IncomingRecord> reader) {
    return KafkaSource.<IncomingRecord>builder()
        .setProperties(clientSettings)
        .setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed")
        .setPartitions(Set.copyOf(offsets(ranges, OffsetRange::from).keySet()))
        .setStartingOffsets(OffsetsInitializer.offsets(offsets(ranges, OffsetRange::from)))
        .setBounded(OffsetsInitializer.offsets(offsets(ranges, OffsetRange::to)))
        .setDeserializer(reader)
        .build();
  }

  /**
   * Reads the committed records of one topic up to given offsets, and ends, also if it is restored
   * from a checkpoint.
   *
   * @param clientSettings of Kafka clients, including the bootstrap servers
   * @param until by partition, the offset after the last record
   */
  public static Source<IncomingRecord, KafkaPartitionSplit, KafkaSourceEnumState> until(
      Properties clientSettings, RecordTopic topic, List<Long> until, RecordReader reader) {
    Map<TopicPartition, Long> stops = offsets(topic.name(), until);
    return new RestorableBoundedSource<>(
        KafkaSource.<IncomingRecord>builder()
            .setProperties(clientSettings)
            .setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed")
            .setPartitions(Set.copyOf(stops.keySet()))
            .setStartingOffsets(OffsetsInitializer.earliest())
            .setBounded(OffsetsInitializer.offsets(stops))
            .setDeserializer(reader)
            .build());
  }

  private static Map<TopicPartition, Long> offsets(String topic, List<Long> byPartition) {
    return IntStream.range(0, byPartition.size())
        .boxed()
        .collect(
            Collectors.toMap(partition -> new TopicPartition(topic, partition), byPartition::get));
  }

  private static Map<TopicPartition, Long> offsets(
      List<OffsetRange> ranges, Function<OffsetRange, Long> offset) {
    return ranges.stream()
        .collect(
            Collectors.toMap(
                range -> new TopicPartition(range.topic(), range.partition()), offset));
  }

  /**
   * The parallelism of a source that reads a topic of the pipeline: at most the number of
   * partitions. Kafka's partitions are assigned in turn, so each subtask reads one.
   *
   * @param wanted parallelism of the job
   */
  public static int parallelism(int wanted, Pipeline pipeline) {
    return Math.min(wanted, pipeline.partitions());
  }
}
