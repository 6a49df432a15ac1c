package dev.millrace.deploy.command;

import dev.millrace.deploy.platform.Distribution;
import dev.millrace.deploy.process.JavaCommand;
import dev.millrace.deploy.process.PlatformException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/**
 * Makes a model's training profile: runs the command of the drift module in a separate JVM, since
 * its jars are not on the class path of this JVM. All arguments are passed on.
 */
@Command(
    name = "profile",
    description = "Makes the training profile of a model, the reference of its drift.")
public final class ProfileCommand implements Callable<Integer> {
  private static final int HEAP_MEGABYTES = 1024;

  @Unmatched private List<String> arguments = new ArrayList<>();

  /** Public for picocli. */
  public ProfileCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    return process(arguments).start().waitFor();
  }

  /**
   * Runs the command as a step of another one, without its output.
   *
   * @param what the rows that are profiled, for the error
   * @throws PlatformException if it fails
   */
  static void make(List<String> arguments, String what) throws IOException, InterruptedException {
    int exit = process(arguments).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
    if (exit != 0) {
      throw new PlatformException(
          "the profile of %s could not be made; the message above says why".formatted(what));
    }
  }

  /** The process of the command; it runs in the terminal too, so that it receives Ctrl-C. */
  private static ProcessBuilder process(List<String> arguments) {
    var distribution = Distribution.current();
    var command =
        JavaCommand.withHeap(
                HEAP_MEGABYTES,
                List.of("-Dlogback.configurationFile=" + distribution.commandLogging()),
                distribution.classpath("flink-jar", "flink"))
            .run("dev.millrace.drift.training.ProfileCommand", arguments);
    return new ProcessBuilder(command).inheritIO();
  }
}
