package dev.millrace.deploy.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Unmatched;

/**
 * A command of the ingest module that publishes events, told where the running platform listens.
 * All other arguments are that command's own, {@code --help} included.
 */
abstract class IngestCommand implements Callable<Integer> {
  private static final int HEAP_MEGABYTES = 512;

  private final String name;

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Unmatched private List<String> others = new ArrayList<>();

  IngestCommand(String name) {
    this.name = name;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    var arguments = new ArrayList<String>(List.of(name));
    if (others.contains("--help") || others.contains("-h")) {
      System.out.println("Beside the following, --dir=DIR names the directory of the platform.");
    } else {
      arguments.addAll(cluster.arguments());
    }
    arguments.addAll(others);
    return ModuleCommand.run(
        HEAP_MEGABYTES, List.of("deploy"), "dev.millrace.ingest.producer.ProducerMain", arguments);
  }
}
