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
      "The exit code is 0 only if no event was lost or predicted twice, and the drift was detected."
    })
public final class DemoCommand implements Callable<Integer> {
  /**
   * Six simulated days, see {@link Simulator#PAYMENTS_PER_DAY}. The last three have drift; they
   * contain two complete windows of a day, at any start.
   */
  private static final long FEWEST_PAYMENTS = 6L * Simulator.PAYMENTS_PER_DAY;

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
          "Payments per second; it sets the speed of simulated time (default: ${DEFAULT-VALUE})."
              + " Above "
              + RateCheck.SAFE_RATE
              + " the values of a merchant's features depend on the rate, and a false alarm before"
              + " the drift is possible. A rate that this machine cannot sustain is reported.")
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
    if (time.toSeconds() * rate < FEWEST_PAYMENTS) {
      System.err.printf(
          Locale.ROOT,
          "--for %ds at --rate %d sends %,d payments, too few to detect a drift: send %,d or more,"
              + " with a longer --for or a higher --rate%n",
          time.toSeconds(),
          rate,
          time.toSeconds() * rate,
          FEWEST_PAYMENTS);
      return ExitCode.USAGE;
    }
    Distribution distribution = Distribution.current();
    Path pipeline = distribution.examples().resolve("payments/pipeline.yaml");
    Path workDir = directory != null ? directory : Files.createTempDirectory("millrace-demo-");
    DemoScreen screen = DemoScreen.of(System.out);
    screen.print("Starting Kafka, a schema registry, Flink and the Millrace services ...");
    if (rate > RateCheck.SAFE_RATE) {
      screen.print(
          "--rate %d is above %d: the values of a merchant's features depend on the rate, and a false alarm before the drift is possible."
              .formatted(rate, RateCheck.SAFE_RATE));
    }
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
    if (!result.passed(rate)) {
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
