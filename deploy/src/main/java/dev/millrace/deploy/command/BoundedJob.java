package dev.millrace.deploy.command;

import dev.millrace.deploy.platform.Distribution;
import dev.millrace.deploy.process.JavaCommand;
import dev.millrace.deploy.process.PlatformException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a module's Flink job over ranges in a separate JVM, with Flink in it, since its jars are not
 * on the class path of this JVM.
 *
 * @param module of the job, such as {@code drift}, for messages
 * @param mainClass its main class
 */
record BoundedJob(String module, String mainClass, int heapMegabytes) {
  /**
   * Runs the job to its end.
   *
   * @param arguments besides {@code --out} and {@code --temporary}
   * @param out an existing directory for the results
   * @param temporary an existing directory for Flink's state
   * @throws PlatformException if the job fails
   */
  void run(List<String> arguments, Path out, Path temporary)
      throws IOException, InterruptedException {
    var distribution = Distribution.current();
    var flags = new ArrayList<>(JavaCommand.FLINK_OPENS);
    flags.add("-Dlogback.configurationFile=" + distribution.commandLogging());
    flags.add("-Djava.io.tmpdir=" + temporary);
    var all = new ArrayList<>(arguments);
    all.add("--out=" + out);
    all.add("--temporary=" + temporary);
    var command =
        JavaCommand.withHeap(heapMegabytes, flags, distribution.classpath("flink-jar", "flink"))
            .runChild(mainClass, all);
    int exit =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start()
            .waitFor();
    if (exit != 0) {
      throw new PlatformException(
          "the %s job failed; the message above says why".formatted(module));
    }
  }
}
