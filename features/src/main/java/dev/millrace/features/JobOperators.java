package dev.millrace.features;

import dev.millrace.features.generation.StartingPoints;
import dev.millrace.schemas.flink.job.CheckpointOperators;
import java.io.IOException;
import java.util.List;
import org.apache.flink.core.fs.Path;

/** The operators of the features job in its checkpoints. */
enum JobOperators implements StartingPoints.Operators {
  INSTANCE;

  @Override
  public CheckpointOperators of(Path checkpoint) throws IOException {
    return CheckpointOperators.read(checkpoint);
  }

  @Override
  public List<String> ofGeneration(String generation) {
    return FeaturesTopology.uidsOfGeneration(generation);
  }

  @Override
  public List<String> ofBackfill(String view) {
    return FeaturesTopology.BACKFILLS.stream().map(part -> view + part + "-").toList();
  }
}
