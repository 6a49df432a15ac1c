package dev.millrace.features;

import dev.millrace.features.source.EventCheck;
import dev.millrace.features.view.Backfill;
import dev.millrace.features.view.GenerationPlan;
import dev.millrace.features.view.ViewFingerprint;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.flink.source.KafkaSources;
import dev.millrace.schemas.flink.source.ProgressWatermarks;
import dev.millrace.schemas.flink.source.RecordReader;
import dev.millrace.schemas.flink.source.RecordTopic;
import dev.millrace.schemas.flink.source.RegistryFactory;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Feedback;
import dev.millrace.schemas.pipeline.Generation;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ProcessNames;
import dev.millrace.schemas.pipeline.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The Kafka sources of the features job: the clean topic of each source and its part of the late
 * topic, and bounded ones of the same topics for each view that is backfilled.
 *
 * <p>The uid of a source contains a fingerprint of its own definition, so that its positions
 * outlive changes of views. That of a backfill contains the fingerprint of its view.
 */
final class JobSources implements FeaturesTopology.Records {
  private static final String STAGE = "features";

  /** The wall-clock time between two comparisons of the sources of an aligned pipeline. */
  private static final Duration ALIGNMENT_INTERVAL = Duration.ofMillis(100);

  private static final Duration SMALLEST_DRIFT = Duration.ofMinutes(10);

  private final StreamExecutionEnvironment env;
  private final Pipeline pipeline;
  private final GenerationPlan plan;
  private final Properties clientSettings;
  private final RegistryFactory registry;

  /**
   * @param clientSettings of Kafka clients, including the bootstrap servers
   */
  JobSources(
      StreamExecutionEnvironment env,
      Pipeline pipeline,
      GenerationPlan plan,
      Properties clientSettings,
      RegistryFactory registry) {
    this.env = env;
    this.pipeline = pipeline;
    this.plan = plan;
    this.clientSettings = clientSettings;
    this.registry = registry;
  }

  @Override
  public List<DataStream<IncomingRecord>> of(Source source) {
    EventCheck check = EventCheck.of(source);
    String fingerprint = ViewFingerprint.of(pipeline, source);
    String events = source.name() + "-events";
    RecordTopic clean = SourceTopic.of(pipeline, source);
    DataStream<IncomingRecord> read =
        env.fromSource(live(source, clean, Backfill::cleanUntil), watermarks(source), events)
            .uid(events + "-" + fingerprint)
            .setParallelism(parallelism());
    Optional<RecordTopic> late = late(source, check);
    if (late.isEmpty()) {
      return List.of(read);
    }
    String lateEvents = source.name() + "-late-events";
    return List.of(
        read,
        env.fromSource(
                live(source, late.get(), Backfill::lateUntil),
                ProgressWatermarks.alwaysIdle(),
                lateEvents)
            .uid(lateEvents + "-" + fingerprint)
            .setParallelism(parallelism()));
  }

  /** In an aligned pipeline the late topic is not read. */
  private Optional<RecordTopic> late(Source source, EventCheck check) {
    return pipeline.align() ? Optional.empty() : RecordTopic.late(pipeline, source, check);
  }

  private int parallelism() {
    return KafkaSources.parallelism(env.getParallelism(), pipeline);
  }

  @Override
  public List<DataStream<IncomingRecord>> ofBackfill(FeatureView view, Backfill backfill) {
    Source source = pipeline.source(view.from());
    EventCheck check = EventCheck.of(source);
    String suffix = "-" + ViewFingerprint.ofLookups(pipeline, view);
    List<DataStream<IncomingRecord>> read = new ArrayList<>();
    String events = view.name() + FeaturesTopology.BACKFILLS.get(0);
    read.add(
        env.fromSource(
                until(SourceTopic.of(pipeline, source), backfill.cleanUntil()),
                ProgressWatermarks.idleBeforeFirstEvent(),
                events)
            .uid(events + suffix)
            .setParallelism(parallelism()));
    if (backfill.lateUntil() != null) {
      RecordTopic late = late(source, check).orElseThrow();
      String lateEvents = view.name() + FeaturesTopology.BACKFILLS.get(1);
      read.add(
          env.fromSource(until(late, backfill.lateUntil()), ProgressWatermarks.none(), lateEvents)
              .uid(lateEvents + suffix)
              .setParallelism(parallelism()));
    }
    return read;
  }

  /**
   * A partition of predictions or outcomes is silent also while the task that writes it is down,
   * and what it has not written yet must not count as known. So it holds back the others, unless
   * questions wait for the source: these would wait for the next scored event.
   */
  private WatermarkStrategy<IncomingRecord> watermarks(Source source) {
    if (!pipeline.align() && Feedback.of(source.name()) != null) {
      return ProgressWatermarks.neverIdle();
    }
    WatermarkStrategy<IncomingRecord> strategy = ProgressWatermarks.strategy();
    return pipeline.align()
        ? strategy.withWatermarkAlignment(pipeline.name(), drift(pipeline), ALIGNMENT_INTERVAL)
        : strategy;
  }

  /**
   * The event time by which a source may be ahead of the slowest one, in an aligned pipeline. What
   * is read ahead waits in state, so the drift bounds the state; and a source that is ahead stops
   * for an {@link #ALIGNMENT_INTERVAL}, so the drift divided by it bounds the speed of a replay: at
   * least 6,000 times the speed of the events.
   *
   * <p>Sources whose lateness differs are that far apart while they are read at the same speed, and
   * predictions and outcomes may be behind by the delay of their views.
   */
  static Duration drift(Pipeline pipeline) {
    Duration lateness =
        pipeline.sources().values().stream()
            .map(Source::lateness)
            .max(Comparator.naturalOrder())
            .orElse(Duration.ZERO);
    Duration delay =
        pipeline.features().values().stream()
            .map(FeatureView::delay)
            .max(Comparator.naturalOrder())
            .orElse(Duration.ZERO);
    return SMALLEST_DRIFT.plus(lateness).plus(delay);
  }

  private org.apache.flink.api.connector.source.Source<IncomingRecord, ?, ?> live(
      Source source, RecordTopic topic, Function<Backfill, List<Long>> boundaries) {
    String group =
        ProcessNames.featuresGroup(pipeline.name(), Generation.of(pipeline), source.name());
    KafkaSource<IncomingRecord> live =
        KafkaSources.committed(
            clientSettings,
            group,
            group + "-" + topic.name(),
            topic,
            reader(topic),
            start(source, boundaries));
    return pipeline.align() ? KafkaSources.aligned(live) : live;
  }

  /**
   * Where a source is read from if there is no position in the restored state. If all its views are
   * backfilled, that is their smallest boundary: what is before it they read on their own.
   *
   * @return by partition; empty: the beginning
   */
  private List<Long> start(Source source, Function<Backfill, List<Long>> boundaries) {
    List<Long> start = new ArrayList<>();
    for (FeatureView view : pipeline.features().values()) {
      if (!view.from().equals(source.name())) {
        continue;
      }
      Backfill backfill = plan.backfill(view.name());
      List<Long> until = backfill == null ? null : boundaries.apply(backfill);
      if (until == null || source.name().equals(pipeline.score())) {
        return List.of();
      }
      List<Long> before = List.copyOf(start);
      start.clear();
      IntStream.range(0, until.size())
          .mapToLong(i -> Math.min(until.get(i), i < before.size() ? before.get(i) : until.get(i)))
          .forEach(start::add);
    }
    return start;
  }

  private org.apache.flink.api.connector.source.Source<IncomingRecord, ?, ?> until(
      RecordTopic topic, List<Long> until) {
    return KafkaSources.until(clientSettings, topic, until, reader(topic));
  }

  private RecordReader reader(RecordTopic topic) {
    return new RecordReader(STAGE, pipeline.name(), topic, registry);
  }
}
