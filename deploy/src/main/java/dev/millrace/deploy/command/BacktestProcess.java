package dev.millrace.deploy.command;

import dev.millrace.deploy.drift.BacktestJob;
import dev.millrace.schemas.pipeline.Durations;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the drift job over ranges.
 *
 * @param cluster options that name Kafka and the registry
 * @param overrides options that replace values of the pipeline's {@code drift}
 * @param window length of a block of a profile
 */
record BacktestProcess(Path pipeline, List<String> cluster, List<String> overrides, Duration window)
    implements BacktestJob {
  private static final int HEAP_MEGABYTES = 1024;

  private static final BoundedJob JOB =
      new BoundedJob("drift", "dev.millrace.drift.BacktestMain", HEAP_MEGABYTES);

  @Override
  public void run(Input input, Path out, Path temporary) throws IOException, InterruptedException {
    var arguments = new ArrayList<>(cluster);
    arguments.addAll(overrides);
    arguments.add("--pipeline=" + pipeline);
    arguments.add("--ranges=" + input.ranges());
    arguments.add("--from=" + input.from());
    arguments.add("--to=" + input.to());
    arguments.add("--history=" + Durations.format(input.history().truncatedTo(ChronoUnit.SECONDS)));
    GivenReference reference = input.reference();
    if (reference != null) {
      arguments.add("--profile=" + reference.profile());
      arguments.add("--model-version=" + reference.modelVersion());
    }
    JOB.run(arguments, out, temporary);
  }

  @Override
  public void profile(Path rows, Path profile) throws IOException, InterruptedException {
    ProfileCommand.make(
        List.of(
            pipeline.toString(),
            rows.toString(),
            "--out=" + profile,
            "--window=" + Durations.format(window)),
        "the reference");
  }
}
