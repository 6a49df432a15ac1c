package dev.millrace.schemas.topics;

import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.AlertAck;
import dev.millrace.schemas.avro.DeadLetterReplay;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.FeatureGeneration;
import dev.millrace.schemas.avro.QualityReport;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.avro.RowAnswer;
import dev.millrace.schemas.avro.RowQuestion;
import dev.millrace.schemas.avro.SkewReport;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Generation;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.pipeline.ViewVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** The topics of a pipeline: names, schemas and settings. */
public final class Topics {
  /**
   * Time, from writing, for which the vectors that scored events wait for are kept, and the
   * tombstones of feature topics. An event that waits longer cannot receive its vector.
   */
  public static final Duration VECTOR_RETENTION = Duration.ofDays(7);

  /**
   * Time, from writing, for which questions about rows and their answers are kept. An event waits
   * for its answers for seconds; a process that starts asks again what was not answered.
   */
  static final Duration QUESTION_RETENTION = Duration.ofHours(1);

  private Topics() {}

  /**
   * A topic as it is created.
   *
   * @param schema of its values; null if they have several schemas
   * @param config overrides of the broker's defaults
   */
  public record Topic(
      String name, int partitions, @Nullable Schema schema, Map<String, String> config) {}

  /** Accepted events of a source, keyed by its key field. */
  public static String clean(Pipeline pipeline, String source) {
    return name(pipeline, source);
  }

  /** Events of a source that ingest moves to the partition of their key. */
  public static String rekeyed(Pipeline pipeline, String source) {
    return name(pipeline, source + ".rekeyed");
  }

  public static String late(Pipeline pipeline) {
    return name(pipeline, "late");
  }

  public static String deadLetters(Pipeline pipeline) {
    return name(pipeline, "dead-letters");
  }

  /** The dead letters whose records were published again, keyed by dead letter. */
  public static String deadLetterReplays(Pipeline pipeline) {
    return name(pipeline, "dead-letter-replays");
  }

  /**
   * The newest rows of a feature view, keyed by entity: {@code features.<view>.<version>}, so that
   * the rows of two definitions of a view are in different topics.
   *
   * @throws IllegalArgumentException if the pipeline has no such view
   */
  public static String features(Pipeline pipeline, String view) {
    FeatureView found = pipeline.features().get(view);
    if (found == null) {
      throw new IllegalArgumentException("pipeline " + pipeline.name() + " has no view " + view);
    }
    return features(pipeline, view, ViewVersion.of(pipeline, found).version());
  }

  /** The rows of any version of a view. */
  public static String features(Pipeline pipeline, String view, String version) {
    return name(pipeline, "features." + view + "." + version);
  }

  /**
   * The features of each scored event, on its partition, keyed as it: {@code vectors.<generation>}.
   */
  public static String vectors(Pipeline pipeline) {
    return vectors(pipeline, Generation.of(pipeline));
  }

  /** The vectors of another generation of a pipeline. */
  public static String vectors(Pipeline pipeline, String generation) {
    return name(pipeline, "vectors." + generation);
  }

  /** What the generations of vectors consist of, keyed by generation. */
  public static String featureGenerations(Pipeline pipeline) {
    return name(pipeline, "feature-generations");
  }

  /** Questions about rows of {@code join: repartition}, keyed by entity. */
  public static String rowQuestions(Pipeline pipeline) {
    return name(pipeline, "row-questions");
  }

  /** The answers, on the partition of the event that asked, keyed by its position. */
  public static String rowAnswers(Pipeline pipeline) {
    return name(pipeline, "row-answers");
  }

  /** How served features differ from those known later, keyed by generation, lookup and feature. */
  public static String skewReports(Pipeline pipeline) {
    return name(pipeline, "skew-reports");
  }

  public static String predictions(Pipeline pipeline) {
    return name(pipeline, "predictions");
  }

  /** Predictions joined to their labels, keyed by event id. */
  public static String outcomes(Pipeline pipeline) {
    return name(pipeline, "outcomes");
  }

  public static String driftReports(Pipeline pipeline) {
    return name(pipeline, "drift-reports");
  }

  /** The quality of scores by window and slice, keyed by id. */
  public static String qualityReports(Pipeline pipeline) {
    return name(pipeline, "quality-reports");
  }

  public static String alerts(Pipeline pipeline) {
    return name(pipeline, "alerts");
  }

  /** Acknowledgements of alerts, keyed as these. */
  public static String alertAcks(Pipeline pipeline) {
    return name(pipeline, "alert-acks");
  }

  public static String retrainingTriggers(Pipeline pipeline) {
    return name(pipeline, "retraining-triggers");
  }

  /** Every topic that a pipeline reads or writes, including the producers' topics. */
  public static List<Topic> of(Pipeline pipeline) {
    List<Topic> topics = new ArrayList<>();
    int partitions = pipeline.partitions();
    for (Source source : pipeline.sources().values()) {
      // These have the time of sending as timestamp, so the broker's default retention is right.
      topics.add(new Topic(source.topic(), partitions, source.schema(), Map.of()));
      topics.add(log(clean(pipeline, source.name()), partitions, source.schema()));
      topics.add(log(rekeyed(pipeline, source.name()), partitions, null));
    }
    topics.add(log(late(pipeline), partitions, null));
    topics.add(log(deadLetters(pipeline), partitions, null));
    topics.add(compacted(deadLetterReplays(pipeline), 1, DeadLetterReplay.getClassSchema()));
    for (FeatureView view : pipeline.features().values()) {
      Schema schema = PipelineSchemas.entityRow(pipeline, view);
      topics.add(features(features(pipeline, view.name()), partitions, schema, "compact"));
    }
    topics.add(compacted(featureGenerations(pipeline), 1, FeatureGeneration.getClassSchema()));
    if (!pipeline.lookups().isEmpty()) {
      Schema schema = PipelineSchemas.vector(pipeline);
      topics.add(features(vectors(pipeline), partitions, schema, "delete"));
      topics.add(log(skewReports(pipeline), 1, SkewReport.getClassSchema()));
    }
    if (pipeline.hasRepartitionedViews()) {
      topics.add(shortLived(rowQuestions(pipeline), partitions, RowQuestion.getClassSchema()));
      topics.add(shortLived(rowAnswers(pipeline), partitions, RowAnswer.getClassSchema()));
    }
    topics.add(log(predictions(pipeline), partitions, PipelineSchemas.prediction(pipeline)));
    topics.add(log(outcomes(pipeline), partitions, PipelineSchemas.outcome(pipeline)));
    topics.add(log(driftReports(pipeline), 1, DriftReport.getClassSchema()));
    topics.add(log(qualityReports(pipeline), 1, QualityReport.getClassSchema()));
    topics.add(compacted(alerts(pipeline), 1, Alert.getClassSchema()));
    topics.add(compacted(alertAcks(pipeline), 1, AlertAck.getClassSchema()));
    topics.add(log(retrainingTriggers(pipeline), 1, RetrainingTrigger.getClassSchema()));
    return List.copyOf(topics);
  }

  /**
   * Records have their event time as timestamp, and the broker deletes by that: a replay of last
   * year's data would be deleted at once. So nothing is deleted by age unless an operator sets it.
   * The broker's check of timestamps ahead of its clock is off, since ingest checks them.
   */
  private static Topic log(String name, int partitions, @Nullable Schema schema) {
    return new Topic(
        name,
        partitions,
        schema,
        Map.of(
            "retention.ms",
            "-1",
            "message.timestamp.after.max.ms",
            String.valueOf(Long.MAX_VALUE)));
  }

  /**
   * Vectors and rows of features. Their record timestamp is the time of writing, so that retention
   * and the roll of segments follow wall-clock time in a replay, too; their event time is in a
   * header.
   *
   * <p>Scored events wait for their vectors, so vectors are not compacted: the vector of a newer
   * event with the same key would remove the one that is waited for, and {@code
   * min.compaction.lag.ms} would only delay that. Every vector is kept for {@link
   * #VECTOR_RETENTION}.
   *
   * <p>Rows are for the stores of inference, which are restored from their topic. So it is
   * compacted, and its size is bounded by the number of entities. Tombstones are kept for {@link
   * #VECTOR_RETENTION} too, so that a store that was stopped for a shorter time still receives
   * them.
   */
  private static Topic features(String name, int partitions, Schema schema, String cleanup) {
    Map<String, String> config = new TreeMap<>();
    config.put("cleanup.policy", cleanup);
    config.put(
        cleanup.equals("delete") ? "retention.ms" : "delete.retention.ms",
        String.valueOf(VECTOR_RETENTION.toMillis()));
    config.put("message.timestamp.type", "LogAppendTime");
    return new Topic(name, partitions, schema, Map.copyOf(config));
  }

  /**
   * Questions and answers. As for vectors, the record timestamp is the time of writing, and the
   * event time is in a header. A segment is deleted as a whole, so it must end early, too.
   */
  private static Topic shortLived(String name, int partitions, Schema schema) {
    String millis = String.valueOf(QUESTION_RETENTION.toMillis());
    return new Topic(
        name,
        partitions,
        schema,
        Map.of(
            "cleanup.policy",
            "delete",
            "retention.ms",
            millis,
            "segment.ms",
            millis,
            "message.timestamp.type",
            "LogAppendTime"));
  }

  private static Topic compacted(String name, int partitions, Schema schema) {
    return new Topic(
        name,
        partitions,
        schema,
        Map.of(
            "cleanup.policy", "compact",
            "min.compaction.lag.ms", "3600000",
            "message.timestamp.after.max.ms", String.valueOf(Long.MAX_VALUE)));
  }

  private static String name(Pipeline pipeline, String suffix) {
    return "millrace." + pipeline.name() + "." + suffix;
  }
}
