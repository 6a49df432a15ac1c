package dev.millrace.deploy.demo;

import dev.millrace.deploy.platform.Distribution;
import dev.millrace.deploy.platform.LocalPlatform;
import dev.millrace.deploy.platform.PlatformConfig;
import dev.millrace.schemas.service.DurationConverter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code millrace demo}. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Runs a pipeline on simulated payments: checks events, computes features and scores them with"
          + " a fraud model. In the middle of the run the payments change, and the drift is detected.",
      "The exit code is 0 only if no event was lost or predicted twice, and the drift was detected"
          + " without a false alarm before."
    })
public final class DemoCommand implements Callable<Integer> {
  /**
   * Simulated days. The last three have drift; they contain two complete windows of a day, at any
   * start.
   */
  private static final long FEWEST_DAYS = 6;

  @Option(
      names = "--for",
      paramLabel = "TIME",
      defaultValue = "2m",
      converter = DurationConverter.class,
      description =
          "The time for which payments are sent, such as 90s or 3m (default: ${DEFAULT-VALUE}).")
  private Duration time = Duration.ZERO;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "200",
      description =
          "Payments per second (default: ${DEFAULT-VALUE}). Up to 1000 it sets the speed of"
              + " simulated time; above, there are more customers and merchants. Payments are sent"
              + " more slowly if this machine cannot score them at this rate, which is reported.")
  private int rate;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "7",
      description = "The same seed gives the same payments (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--report", paramLabel = "FILE", description = "Write the result as JSON.")
  private @Nullable Path report;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description =
          "Directory of topics, state and logs (default: a temporary directory, deleted after a"
              + " successful run).")
  private @Nullable Path directory;

  /** Public for picocli. */
  public DemoCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    long fewest = FEWEST_DAYS * Simulator.paymentsPerDay(rate);
    if (time.toSeconds() * rate < fewest) {
      System.err.printf(
          Locale.ROOT,
          "--for %ds at --rate %d sends %,d payments, too few to detect a drift: send %,d or more,"
              + " with a longer --for or a higher --rate%n",
          time.toSeconds(),
          rate,
          time.toSeconds() * rate,
          fewest);
      return ExitCode.USAGE;
    }
    Distribution distribution = Distribution.current();
    Path pipeline = distribution.examples().resolve("payments/pipeline.yaml");
    Path workDir = directory != null ? directory : Files.createTempDirectory("millrace-demo-");
    DemoScreen screen = DemoScreen.of(System.out);
    screen.print("Starting Kafka, a schema registry, Flink and the Millrace services ...");
    DemoReport result;
    try (LocalPlatform platform =
        LocalPlatform.start(
            PlatformConfig.of(distribution, workDir, pipeline),
            line -> screen.print("  " + line))) {
      DemoRun run = new DemoRun(platform, distribution, workDir, pipeline, screen);
      result = run.run(new DemoRun.Script(time, rate, seed));
    }
    if (report != null) {
      result.write(report);
      screen.print("Report: " + report);
    }
    if (!result.passed()) {
      screen.print("Logs, topics and state are in " + workDir);
      return 1;
    }
    if (directory == null) {
      delete(workDir);
    }
    return 0;
  }

  private static void delete(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
