package dev.millrace.deploy.demo;

import dev.millrace.deploy.platform.Distribution;
import dev.millrace.deploy.platform.LocalPlatform;
import dev.millrace.deploy.platform.PlatformConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code millrace demo}. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Shows the whole loop on simulated payments: events are checked, features computed, a fraud"
          + " model scores them; midway the payments change, and the drift is found.",
      "Exit code 0 only when no event was lost, none predicted twice, and the drift found."
    })
public final class DemoCommand implements Callable<Integer> {
  /**
   * Six simulated days, see {@link Simulator#PAYMENTS_PER_DAY}: drift is on for the last three,
   * which hold two whole windows of a day wherever they begin.
   */
  private static final long FEWEST_PAYMENTS = 6L * Simulator.PAYMENTS_PER_DAY;

  @Option(
      names = "--for",
      paramLabel = "TIME",
      defaultValue = "2m",
      converter = WallTime.class,
      description = "How long payments are sent, such as 90s or 3m (default: ${DEFAULT-VALUE}).")
  private Duration time = Duration.ZERO;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "200",
      description =
          "Payments a second; simulated time runs as fast as that makes it (default:"
              + " ${DEFAULT-VALUE}). Above "
              + RateCheck.SAFE_RATE
              + " the values of a merchant's features depend on the speed, and an alarm may come"
              + " before the drift. A rate that this machine cannot carry is reported on the"
              + " screen.")
  private int rate;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "7",
      description = "The same seed gives the same payments (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--report", paramLabel = "FILE", description = "Write what was found as JSON.")
  private @Nullable Path report;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description =
          "Keep topics, state and logs here; by default in a temporary directory that is deleted"
              + " after a run that went well.")
  private @Nullable Path directory;

  /** Public for picocli. */
  public DemoCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (time.toSeconds() * rate < FEWEST_PAYMENTS) {
      System.err.printf(
          Locale.ROOT,
          "--for %ds at --rate %d sends %,d payments, too few to find a drift in: send %,d or more,"
              + " by a longer --for or a higher --rate%n",
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
    screen.say("Starting Kafka, a schema registry, Flink and the Millrace services ...");
    if (rate > RateCheck.SAFE_RATE) {
      screen.say(
          "--rate %d is above %d: the values of a merchant's features depend on the speed, and an alarm may come before the drift."
              .formatted(rate, RateCheck.SAFE_RATE));
    }
    DemoReport found;
    try (LocalPlatform platform =
        LocalPlatform.start(
            PlatformConfig.of(distribution, workDir, pipeline), line -> screen.say("  " + line))) {
      DemoRun run = new DemoRun(platform, distribution, workDir, pipeline, screen);
      found = run.play(new DemoRun.Script(time, rate, seed));
    }
    if (report != null) {
      found.write(report);
      screen.say("Report: " + report);
    }
    if (!found.passed(rate)) {
      screen.say("Logs, topics and state are kept in " + workDir);
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

  /** Reads {@code 90s}, {@code 3m}, {@code 1h}. */
  static final class WallTime implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      if (!text.matches("[0-9]+[smhSMH]")) {
        throw new TypeConversionException("'" + text + "' is no time; write 90s, 3m or 1h");
      }
      return Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
    }
  }
}
