package dev.millrace.deploy.command;

import dev.millrace.deploy.platform.Distribution;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a command of another module: in a JVM of its own, on this terminal. */
final class ModuleCommand {
  private ModuleCommand() {}

  /**
   * Runs it to its end.
   *
   * @param heapMegabytes the JVM's maximum heap
   * @param libraries directories of lib that make its classpath
   * @param main its main class
   * @param arguments of the main
   * @return its exit code
   */
  static int run(int heapMegabytes, List<String> libraries, String main, List<String> arguments)
      throws InterruptedException {
    var distribution = Distribution.current();
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx" + heapMegabytes + "m");
    command.add("-XX:+UseSerialGC");
    command.add("-Dlogback.configurationFile=" + distribution.commandLogging());
    command.add("-cp");
    command.add(distribution.classpath(libraries.toArray(String[]::new)));
    command.add(main);
    command.addAll(arguments);
    try {
      // It shares the terminal, and so hears Ctrl-C itself.
      return new ProcessBuilder(command).inheritIO().start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(main + " cannot be started", e);
    }
  }
}
