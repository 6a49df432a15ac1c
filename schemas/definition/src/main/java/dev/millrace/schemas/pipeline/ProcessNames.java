package dev.millrace.schemas.pipeline;

/**
 * The names of a pipeline's processes on Kafka and Flink: application ids of Kafka Streams, which
 * are also consumer groups and prefixes of changelogs, and jobs of Flink.
 */
public final class ProcessNames {
  /** The service that checks events. */
  public static final String INGEST = "ingest";

  /** The service that scores events. */
  public static final String INFERENCE = "inference";

  /** The service that makes the calls of retraining triggers. */
  public static final String RETRAIN = "retrain";

  private ProcessNames() {}

  /**
   * The application id of {@link #INGEST} or {@link #INFERENCE}, and the consumer group of {@link
   * #RETRAIN}: {@code millrace.P.<service>}.
   */
  public static String application(String service, Pipeline pipeline) {
    return "millrace." + pipeline.name() + "." + service;
  }

  /** The features job of the pipeline's generation. */
  public static String featuresJob(Pipeline pipeline) {
    return featuresJob(pipeline.name(), Generation.of(pipeline));
  }

  /** The features job of a generation: {@code millrace-P-features-<generation>}. */
  public static String featuresJob(String pipeline, String generation) {
    return featuresJobPrefix(pipeline) + generation;
  }

  /**
   * The consumer group in which the features job of a generation reads a source: {@code
   * millrace-P-features-<generation>-S}.
   */
  public static String featuresGroup(String pipeline, String generation, String source) {
    return featuresJob(pipeline, generation) + "-" + source;
  }

  /** What the names of the features jobs of all generations begin with. */
  public static String featuresJobPrefix(String pipeline) {
    return "millrace-" + pipeline + "-features-";
  }

  /** The drift job: {@code millrace-P-drift}. */
  public static String driftJob(String pipeline) {
    return "millrace-" + pipeline + "-drift";
  }
}
