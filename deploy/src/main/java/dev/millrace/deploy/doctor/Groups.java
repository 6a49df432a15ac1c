package dev.millrace.deploy.doctor;

import dev.millrace.schemas.pipeline.Generation;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ProcessNames;
import dev.millrace.schemas.pipeline.Source;
import java.util.ArrayList;
import java.util.List;

/** The consumer groups of a pipeline. */
public final class Groups {
  private Groups() {}

  /** The names of all groups of the pipeline's processes. */
  public static List<String> of(Pipeline pipeline) {
    List<String> names = withMembers(pipeline);
    for (Source source : pipeline.featureSources()) {
      names.add(
          ProcessNames.featuresGroup(pipeline.name(), Generation.of(pipeline), source.name()));
    }
    if (hasDriftJob(pipeline)) {
      names.add(ProcessNames.driftJob(pipeline.name()));
    }
    return names;
  }

  /** The groups of services; Flink assigns partitions by itself, so its groups have no members. */
  static List<String> withMembers(Pipeline pipeline) {
    List<String> names = new ArrayList<>();
    names.add(ProcessNames.application(ProcessNames.INGEST, pipeline));
    names.add(ProcessNames.application(ProcessNames.INFERENCE, pipeline));
    if (pipeline.retrain() != null && pipeline.retrain().call() != null) {
      names.add(ProcessNames.application(ProcessNames.RETRAIN, pipeline));
    }
    return names;
  }

  static boolean hasDriftJob(Pipeline pipeline) {
    return pipeline.labels() != null || pipeline.drift() != null;
  }
}
