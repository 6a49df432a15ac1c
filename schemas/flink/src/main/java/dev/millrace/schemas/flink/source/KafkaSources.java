package dev.millrace.schemas.flink.source;

import dev.millrace.schemas.pipeline.Pipeline;
import java.util.Properties;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.ConsumerConfig;

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
    return KafkaSource.<IncomingRecord>builder()
        .setProperties(clientSettings)
        .setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed")
        .setTopics(topic.name())
        .setGroupId(groupId)
        .setClientIdPrefix(clientIdPrefix)
        .setStartingOffsets(OffsetsInitializer.earliest())
        .setDeserializer(reader)
        .build();
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
