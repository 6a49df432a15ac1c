package dev.millrace.deploy.command;

import dev.millrace.deploy.dataset.VectorJob;
import dev.millrace.deploy.platform.Distribution;
import dev.millrace.deploy.process.JavaCommand;
import dev.millrace.deploy.process.PlatformException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the features job over ranges in a separate JVM, with Flink in it, since its jars are not on
 * the class path of this JVM.
 *
 * @param cluster options that name Kafka and the registry
 */
record FeaturesProcess(Path pipeline, List<String> cluster) implements VectorJob {
  /** That of the local platform, which runs the drift job beside this one. */
  private static final int HEAP_MEGABYTES = 768;

  @Override
  public void run(Path ranges, Path out, Path temporary) throws IOException, InterruptedException {
    var distribution = Distribution.current();
    var flags = new ArrayList<>(JavaCommand.FLINK_OPENS);
    flags.add("-Dlogback.configurationFile=" + distribution.commandLogging());
    flags.add("-Djava.io.tmpdir=" + temporary);
    var arguments = new ArrayList<>(cluster);
    arguments.add("--pipeline=" + pipeline);
    arguments.add("--ranges=" + ranges);
    arguments.add("--out=" + out);
    arguments.add("--temporary=" + temporary);
    var command =
        JavaCommand.withHeap(HEAP_MEGABYTES, flags, distribution.classpath("features", "flink"))
            .runChild("dev.millrace.features.VectorsMain", arguments);
    int exit =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start()
            .waitFor();
    if (exit != 0) {
      throw new PlatformException("the features job failed; the message above says why");
    }
  }
}
