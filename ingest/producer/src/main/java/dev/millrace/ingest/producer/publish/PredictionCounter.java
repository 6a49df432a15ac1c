package dev.millrace.ingest.producer.publish;

import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.service.Cluster;
import dev.millrace.schemas.topics.Progress;
import dev.millrace.schemas.topics.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Counts the new committed predictions of a pipeline, in a thread of its own. */
public final class PredictionCounter implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Runnable predicted;
  private final Consumer<PublishException> failed;
  private final String topic;
  private final Cluster cluster;
  private final Thread thread = new Thread(this::run, "prediction-counter");

  /**
   * A counter of the predictions that are written from now on.
   *
   * @param predicted is called for each
   * @param failed is called if they cannot be read any more
   * @throws PublishException if the brokers do not answer, or the topic does not exist
   */
  public PredictionCounter(
      Cluster cluster, Pipeline pipeline, Runnable predicted, Consumer<PublishException> failed) {
    this.predicted = predicted;
    this.failed = failed;
    this.cluster = cluster;
    Properties settings = new Properties();
    settings.putAll(cluster.clientSettings());
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    topic = Topics.predictions(pipeline);
    try {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      if (partitions.isEmpty()) {
        throw new UnknownTopicOrPartitionException("the topic does not exist; start the pipeline");
      }
      consumer.assign(partitions);
      consumer.seekToEnd(partitions);
      // Seeking is lazy: without this, predictions written before the first poll would be skipped.
      partitions.forEach(consumer::position);
    } catch (KafkaException e) {
      consumer.close(CloseOptions.timeout(Duration.ZERO));
      throw failure(e);
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
    } catch (KafkaException e) {
      failed.accept(failure(e));
    }
  }

  private PublishException failure(KafkaException cause) {
    return new PublishException(
        "the predictions in topic %s at %s cannot be counted: %s"
            .formatted(topic, cluster.bootstrapServers(), cause.getMessage()),
        cause);
  }
}
