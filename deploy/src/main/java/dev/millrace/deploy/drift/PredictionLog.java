package dev.millrace.deploy.drift;

import dev.millrace.deploy.process.PlatformException;
import dev.millrace.deploy.topic.TopicProgress;
import dev.millrace.deploy.topic.TopicRange;
import dev.millrace.deploy.topic.TopicRanges;
import dev.millrace.schemas.codec.AvroDecoder;
import dev.millrace.schemas.codec.Decoded;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.topics.PipelineSchemas;
import dev.millrace.schemas.topics.Progress;
import dev.millrace.schemas.topics.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** The predictions of a pipeline that are in its topic: their times, and their model versions. */
final class PredictionLog {
  private final String topic;
  private final Duration window;
  private final TopicProgress progress;

  /** Champion's predictions by window and model version. */
  private final TreeMap<Long, Map<String, Long>> byWindow = new TreeMap<>();

  private long undecodable;
  private long oldestMillis = Long.MAX_VALUE;

  /**
   * @param window of the counts
   * @param ranges of all partitions of the topic
   */
  PredictionLog(String topic, Duration window, List<TopicRange> ranges) {
    this.topic = topic;
    this.window = window;
    this.progress = new TopicProgress(ranges);
  }

  /**
   * Reads the log.
   *
   * @param window of the counts
   * @param action receives each prediction of the champion
   * @throws PlatformException if the topic does not exist
   */
  static PredictionLog read(
      Pipeline pipeline,
      Duration window,
      Properties client,
      Registry registry,
      Consumer<GenericRecord> action) {
    String topic = Topics.predictions(pipeline);
    List<TopicRange> ranges = TopicRanges.committed(client, topic);
    PredictionLog log = new PredictionLog(topic, window, ranges);
    AvroDecoder decoder = new AvroDecoder(registry, topic, PipelineSchemas.prediction(pipeline));
    TopicRanges.read(
        client,
        ranges,
        record ->
            log.take(
                record, record.value() == null ? null : decoder.decode(record.value()), action));
    return log;
  }

  /**
   * Takes a record, in the order of the offsets.
   *
   * @param decoded null: it has no value
   */
  void take(
      ConsumerRecord<byte[], byte[]> record,
      @Nullable Decoded decoded,
      Consumer<GenericRecord> action) {
    progress.add(record);
    if (!(decoded instanceof Decoded.Value value)) {
      undecodable += decoded == null ? 0 : 1;
      return;
    }
    GenericRecord prediction = value.record();
    long timeMillis = timeMillis(prediction);
    oldestMillis = Math.min(oldestMillis, timeMillis);
    if (String.valueOf(prediction.get("role")).equals("CHAMPION")) {
      byWindow
          .computeIfAbsent(
              Period.floor(Instant.ofEpochMilli(timeMillis), window).toEpochMilli(),
              unused -> new TreeMap<>())
          .merge(modelVersion(prediction), 1L, Long::sum);
      action.accept(prediction);
    }
  }

  static long timeMillis(GenericRecord prediction) {
    return (Long) prediction.get("event_time");
  }

  static String modelVersion(GenericRecord prediction) {
    return String.valueOf(prediction.get("model_version"));
  }

  long undecodable() {
    return undecodable;
  }

  TopicProgress progress() {
    return progress;
  }

  /** The number of the champion's predictions in a period, by model version. */
  Map<String, Long> versions(Period period) {
    Map<String, Long> versions = new TreeMap<>();
    byWindow
        .subMap(period.from().toEpochMilli(), period.to().toEpochMilli())
        .values()
        .forEach(counts -> counts.forEach((version, n) -> versions.merge(version, n, Long::sum)));
    return versions;
  }

  /** The time of the oldest prediction of any role. */
  Instant oldest() {
    requireAny();
    return Instant.ofEpochMilli(oldestMillis);
  }

  /**
   * The windows that are complete: from that of the first prediction to the progress that all
   * partitions have reached.
   *
   * @throws PlatformException if there is none
   */
  Period complete() {
    requireAny();
    Instant from = Instant.ofEpochMilli(byWindow.firstKey());
    Instant to = Period.floor(Instant.ofEpochMilli(reachedMillis()), window);
    if (!from.isBefore(to)) {
      throw new PlatformException(
          "topic %s has no complete window yet: its predictions begin at %s and are complete up to %s"
              .formatted(topic, oldest(), Instant.ofEpochMilli(reachedMillis())));
    }
    return new Period(from, to);
  }

  private void requireAny() {
    if (byWindow.isEmpty()) {
      throw new PlatformException(
          "topic %s has no predictions of a champion%s"
              .formatted(
                  topic,
                  undecodable == 0
                      ? ""
                      : "; %,d records could not be decoded".formatted(undecodable)));
    }
  }

  /** The event time up to which the predictions of all partitions are complete. */
  Instant reached() {
    return Instant.ofEpochMilli(reachedMillis());
  }

  private long reachedMillis() {
    List<Integer> without = progress.partitionsWithout();
    if (!without.isEmpty()) {
      throw new PlatformException(
          "topic %s, partitions %s: no progress records, so it is unknown which windows are complete; inference writes them while it runs, so start the pipeline and try again"
              .formatted(topic, without));
    }
    long millis = progress.timeMillis();
    return millis == Progress.NONE ? oldestMillis : millis;
  }
}
