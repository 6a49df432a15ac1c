package dev.millrace.ingest.producer.publish;

import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.service.Cluster;
import dev.millrace.schemas.topics.Progress;
import dev.millrace.schemas.topics.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Counts the new committed predictions of a pipeline, in a thread of its own. */
public final class PredictionCounter implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Runnable predicted;
  private final Thread thread = new Thread(this::run, "prediction-counter");

  /**
   * A counter of the predictions that are written from now on.
   *
   * @param predicted is called for each
   * @throws PublishException if the brokers do not answer
   */
  public PredictionCounter(Cluster cluster, Pipeline pipeline, Runnable predicted) {
    this.predicted = predicted;
    Properties settings = new Properties();
    settings.putAll(cluster.clientSettings());
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    String topic = Topics.predictions(pipeline);
    try {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToEnd(partitions);
      // Seeking is lazy: without this, predictions written before the first poll would be skipped.
      partitions.forEach(consumer::position);
    } catch (KafkaException e) {
      consumer.close(CloseOptions.timeout(Duration.ZERO));
      throw new PublishException(
          "the predictions in topic %s at %s cannot be counted: %s"
              .formatted(topic, cluster.bootstrapServers(), e.getMessage()),
          e);
    }
    thread.setDaemon(true);
  }

  /** Begins to count. */
  public void start() {
    thread.start();
  }

  @Override
  public void close() {
    consumer.wakeup();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try (consumer) {
      while (true) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          if (!Progress.isProgress(record.value(), record.headers())) {
            predicted.run();
          }
        }
      }
    } catch (WakeupException e) {
      // close() was called.
    }
  }
}
