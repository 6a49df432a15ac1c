package dev.millrace.features;

import dev.millrace.schemas.deadletter.DeadLetter;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Makes Kafka records of dead letters. An event makes none. */
final class DeadLetterWriter implements KafkaRecordSerializationSchema<Incoming> {
  private static final long serialVersionUID = 1L;

  private final String topic;

  DeadLetterWriter(String topic) {
    this.topic = topic;
  }

  @Override
  public @Nullable ProducerRecord<byte[], byte[]> serialize(
      Incoming record, KafkaSinkContext context, @Nullable Long timestamp) {
    if (!(record instanceof Unreadable unreadable)) {
      return null;
    }
    DeadLetter letter = unreadable.letter();
    return new ProducerRecord<>(
        topic,
        null,
        Math.max(0, unreadable.timestamp()),
        letter.key(),
        letter.value(),
        letter.headers());
  }
}
