package dev.millrace.deploy.retrain;

import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.deadletter.DeadLetter;
import dev.millrace.schemas.pipeline.ProcessNames;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;

/**
 * Writes the dead letters of triggers.
 *
 * @param topic of dead letters
 */
record RefusedTriggers(Producer<byte[], byte[]> producer, String topic) {
  /**
   * Writes a dead letter, and waits until the brokers have it.
   *
   * @throws KafkaException if they do not take it
   */
  void write(ConsumerRecord<byte[], byte[]> trigger, RejectionCode code, String detail)
      throws InterruptedException {
    DeadLetter letter = DeadLetter.of(ProcessNames.RETRAIN, trigger, code, detail);
    var record =
        new ProducerRecord<>(
            topic,
            null,
            trigger.timestamp() < 0 ? null : trigger.timestamp(),
            letter.key(),
            letter.value(),
            letter.headers());
    try {
      producer.send(record).get();
    } catch (ExecutionException e) {
      throw new KafkaException("topic " + topic + " cannot be written", e.getCause());
    }
  }
}
