package dev.millrace.deploy.command;

import dev.millrace.deploy.drift.BacktestJob;
import dev.millrace.deploy.platform.Distribution;
import dev.millrace.deploy.process.JavaCommand;
import dev.millrace.deploy.process.PlatformException;
import dev.millrace.schemas.pipeline.Durations;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the drift job over ranges in a separate JVM, with Flink in it, since its jars are not on the
 * class path of this JVM.
 *
 * @param cluster options that name Kafka and the registry
 * @param overrides options that replace values of the pipeline's {@code drift}
 * @param window length of a block of a profile
 */
record BacktestProcess(Path pipeline, List<String> cluster, List<String> overrides, Duration window)
    implements BacktestJob {
  private static final int HEAP_MEGABYTES = 1024;

  @Override
  public void run(Input input, Path out, Path temporary) throws IOException, InterruptedException {
    var distribution = Distribution.current();
    var flags = new ArrayList<>(JavaCommand.FLINK_OPENS);
    flags.add("-Dlogback.configurationFile=" + distribution.commandLogging());
    flags.add("-Djava.io.tmpdir=" + temporary);
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
    arguments.add("--out=" + out);
    arguments.add("--temporary=" + temporary);
    var command =
        JavaCommand.withHeap(HEAP_MEGABYTES, flags, distribution.classpath("drift", "flink"))
            .runChild("dev.millrace.drift.BacktestMain", arguments);
    int exit =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start()
            .waitFor();
    if (exit != 0) {
      throw new PlatformException("the drift job failed; the message above says why");
    }
  }

  @Override
  public void profile(Path rows, Path profile) throws IOException, InterruptedException {
    List<String> arguments =
        List.of(
            pipeline.toString(),
            rows.toString(),
            "--out=" + profile,
            "--window=" + Durations.format(window));
    int exit =
        ProfileCommand.process(arguments)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor();
    if (exit != 0) {
      throw new PlatformException(
          "the profile of the reference could not be made; the message above says why");
    }
  }
}
