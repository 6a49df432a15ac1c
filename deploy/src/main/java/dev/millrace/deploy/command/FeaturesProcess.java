package dev.millrace.deploy.command;

import dev.millrace.deploy.dataset.VectorJob;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the features job over ranges.
 *
 * @param cluster options that name Kafka and the registry
 */
record FeaturesProcess(Path pipeline, List<String> cluster) implements VectorJob {
  /** That of the local platform, which runs the drift job beside this one. */
  private static final int HEAP_MEGABYTES = 768;

  private static final BoundedJob JOB =
      new BoundedJob("features", "dev.millrace.features.VectorsMain", HEAP_MEGABYTES);

  @Override
  public void run(Path ranges, Path out, Path temporary) throws IOException, InterruptedException {
    var arguments = new ArrayList<>(cluster);
    arguments.add("--pipeline=" + pipeline);
    arguments.add("--ranges=" + ranges);
    JOB.run(arguments, out, temporary);
  }
}
