package dev.millrace.deploy.process;

import dev.millrace.deploy.child.ParentWatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command line of a Java process, on the Java installation that runs this process.
 *
 * @param flags of the JVM, the heap among them
 * @param classpath the class path
 */
public record JavaCommand(List<String> flags, String classpath) {
  /** Flink reads and clones classes of these packages by reflection. */
  public static final List<String> FLINK_OPENS =
      List.of(
          "--add-opens=java.base/java.util=ALL-UNNAMED",
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/java.time=ALL-UNNAMED");

  public JavaCommand {
    flags = List.copyOf(flags);
  }

  /**
   * A JVM with a maximum heap. The serial collector is used, since the threads of a concurrent
   * collector would compete with the services for two cores.
   *
   * @param furtherFlags flags after those of the heap
   */
  public static JavaCommand withHeap(
      int heapMegabytes, List<String> furtherFlags, String classpath) {
    var flags = new ArrayList<>(List.of("-Xmx" + heapMegabytes + "m", "-XX:+UseSerialGC"));
    flags.addAll(furtherFlags);
    return new JavaCommand(flags, classpath);
  }

  /** Runs a main class. */
  public List<String> run(String main, List<String> arguments) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.add("-cp");
    command.add(classpath);
    command.add(main);
    command.addAll(arguments);
    return command;
  }

  /** Runs a main class in a child that ends when this process ends; see {@link ParentWatch}. */
  public List<String> runChild(String main, List<String> arguments) {
    return runWatched(List.of(main), arguments);
  }

  /** The same, but the main class is called only after the start signal of the parent. */
  public List<String> runHeldChild(String main, List<String> arguments) {
    return runWatched(List.of("--hold", main), arguments);
  }

  private List<String> runWatched(List<String> watchArguments, List<String> arguments) {
    var all = new ArrayList<>(watchArguments);
    all.addAll(arguments);
    return run(ParentWatch.class.getName(), all);
  }
}
