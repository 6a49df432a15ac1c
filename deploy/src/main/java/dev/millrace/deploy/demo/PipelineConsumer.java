package dev.millrace.deploy.demo;

import dev.millrace.deploy.topic.TopicReader;
import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.topics.PipelineSchemas;
import dev.millrace.schemas.topics.Progress;
import dev.millrace.schemas.topics.Topics;
import dev.millrace.schemas.topics.WireHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.WakeupException;

/** Consumes the topics of a pipeline and updates the {@link PipelineStatistics}. */
final class PipelineConsumer implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Map<String, Consumer<ConsumerRecord<byte[], byte[]>>> actions = new HashMap<>();
  private final Thread thread = new Thread(this::run, "pipeline-consumer");

  PipelineConsumer(
      String bootstrapServers,
      Registry registry,
      Pipeline pipeline,
      PipelineStatistics statistics) {
    actions.put(
        pipeline.scored().topic(),
        record -> {
          if (!Progress.isProgress(record.value(), record.headers())) {
            statistics.event(Instant.now());
          }
        });
    actions.put(Topics.late(pipeline), record -> statistics.late());
    actions.put(
        Topics.outcomes(pipeline),
        record -> {
          if (!Progress.isProgress(record.value(), record.headers())) {
            statistics.outcome();
          }
        });
    actions.put(
        Topics.deadLetters(pipeline),
        record ->
            statistics.deadLetter(
                Objects.requireNonNullElse(
                    WireHeaders.text(record.headers(), WireHeaders.ERROR_CODE), "?")));
    Schema prediction = PipelineSchemas.prediction(pipeline);
    on(registry, Topics.predictions(pipeline), prediction, each -> predicted(statistics, each));
    on(registry, Topics.driftReports(pipeline), DriftReport.getClassSchema(), statistics::report);
    on(registry, Topics.alerts(pipeline), Alert.getClassSchema(), statistics::alert);
    Schema trigger = RetrainingTrigger.getClassSchema();
    on(registry, Topics.retrainingTriggers(pipeline), trigger, statistics::trigger);
    consumer = TopicReader.consumer(bootstrapServers, actions.keySet());
    thread.setDaemon(true);
  }

  void start() {
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

  private static void predicted(PipelineStatistics statistics, GenericRecord prediction) {
    statistics.prediction(
        Instant.now(), (Long) prediction.get("event_time"), (Long) prediction.get("published_at"));
  }

  private void on(Registry registry, String topic, Schema schema, Consumer<GenericRecord> action) {
    AvroDecoder decoder = new AvroDecoder(registry, topic, schema);
    actions.put(
        topic,
        record -> {
          if (decoder.decode(record.value()) instanceof Decoded.Value value) {
            action.accept(value.record());
          }
        });
  }

  private void run() {
    try (consumer) {
      while (true) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          Consumer<ConsumerRecord<byte[], byte[]>> action = actions.get(record.topic());
          if (action != null) {
            action.accept(record);
          }
        }
      }
    } catch (WakeupException e) {
      // close() was called.
    }
  }
}
