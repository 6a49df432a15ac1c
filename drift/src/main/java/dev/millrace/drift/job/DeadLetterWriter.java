package dev.millrace.drift.job;

import dev.millrace.drift.wire.Unreadable;
import java.util.List;
import java.util.Optional;
import org.apache.flink.connector.kafka.lineage.DefaultKafkaDatasetFacet;
import org.apache.flink.connector.kafka.lineage.DefaultKafkaDatasetIdentifier;
import org.apache.flink.connector.kafka.lineage.KafkaDatasetFacet;
import org.apache.flink.connector.kafka.lineage.KafkaDatasetFacetProvider;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Writes dead letters as they are. */
record DeadLetterWriter(String topic)
    implements KafkaRecordSerializationSchema<Unreadable>, KafkaDatasetFacetProvider {
  private static final long serialVersionUID = 1L;

  @Override
  public Optional<KafkaDatasetFacet> getKafkaDatasetFacet() {
    return Optional.of(
        new DefaultKafkaDatasetFacet(DefaultKafkaDatasetIdentifier.ofTopics(List.of(topic))));
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      Unreadable letter, KafkaSinkContext context, @Nullable Long timestamp) {
    return letter.toRecord(topic);
  }
}
