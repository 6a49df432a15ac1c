package dev.millrace.ingest.producer.simulate;

import dev.millrace.ingest.producer.console.JsonLine;
import dev.millrace.ingest.producer.pacing.Pacer;
import dev.millrace.ingest.producer.pacing.StopSignal;
import dev.millrace.ingest.producer.payments.DriftKind;
import dev.millrace.ingest.producer.payments.SimulatedRecord.Chargeback;
import dev.millrace.ingest.producer.payments.SimulatedRecord.Payment;
import dev.millrace.ingest.producer.payments.SimulationSettings;
import dev.millrace.ingest.producer.payments.SimulationSettings.DriftPlan;
import dev.millrace.ingest.producer.publish.EventPublisher;
import dev.millrace.ingest.producer.publish.PredictionCounter;
import dev.millrace.ingest.producer.publish.ProducerTuning;
import dev.millrace.ingest.producer.publish.PublishException;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.pipeline.file.PipelineException;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.service.Cluster;
import dev.millrace.schemas.service.ClusterOptions;
import dev.millrace.schemas.service.DurationConverter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code simulate}. */
@Command(
    name = "simulate",
    mixinStandardHelpOptions = true,
    description = {
      "Publishes simulated payments and chargebacks to a pipeline's sources 'payments' and"
          + " 'chargebacks'.",
      "Simulated time starts at --start and passes as fast as --rate makes it: a simulated day has"
          + " --payments-per-day payments. Prints a JSON line when the warm-up is over, one when"
          + " the drift starts, and one with what was sent at the end."
    })
public final class SimulateCommand implements Callable<Integer> {
  /** Limit of the time if --for is not given. */
  private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

  @Parameters(index = "0", paramLabel = "PIPELINE", description = "The pipeline file.")
  @SuppressWarnings("NullAway.Init")
  private Path pipelineFile;

  @Mixin private final ClusterOptions clusterOptions;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "100",
      description = "Records per second; 0 for full speed (default: ${DEFAULT-VALUE}).")
  private double rate;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "The same seed gives the same records (default: ${DEFAULT-VALUE}).")
  private long seed;

  @ArgGroup private @Nullable End end;

  @Option(
      names = "--warm-up",
      paramLabel = "TIME",
      defaultValue = "0s",
      converter = DurationConverter.class,
      description =
          "Simulated time that is sent first and not counted by --events, --for and"
              + " --drift-after. Give the longest window of the features, so that their windows"
              + " are full (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init")
  private Duration warmUp;

  @Option(
      names = "--warm-up-rate",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Records per second during the warm-up; 0 for full speed (default: ${DEFAULT-VALUE}).")
  private double warmUpRate;

  @Option(
      names = "--max-lag",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description =
          "Slow down if predictions would come later than this after their payments, such as 2s. By"
              + " default the rate does not depend on the pipeline.")
  private @Nullable Duration maxLag;

  @Option(
      names = "--drift",
      paramLabel = "KIND",
      defaultValue = "none",
      description = "What changes: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init")
  private DriftKind drift;

  @ArgGroup private @Nullable DriftStart driftStart;

  @Option(
      names = "--bad-share",
      paramLabel = "SHARE",
      defaultValue = "0.002",
      description =
          "Duplicate, late, malformed and contract-breaking records per correct one (default:"
              + " ${DEFAULT-VALUE}).")
  private double badShare;

  @Option(
      names = "--start",
      paramLabel = "TIME",
      defaultValue = "2026-01-05T00:00:00Z",
      description = "The first simulated midnight (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init")
  private Instant start;

  @Option(
      names = "--customers",
      paramLabel = "N",
      defaultValue = "" + SimulationSettings.DEFAULT_CUSTOMERS,
      description = "Default: ${DEFAULT-VALUE}.")
  private int customers;

  @Option(
      names = "--merchants",
      paramLabel = "N",
      defaultValue = "" + SimulationSettings.DEFAULT_MERCHANTS,
      description = "Default: ${DEFAULT-VALUE}.")
  private int merchants;

  @Option(
      names = "--payments-per-day",
      paramLabel = "N",
      defaultValue = "" + SimulationSettings.DEFAULT_PAYMENTS_PER_DAY,
      description = "Per simulated day (default: ${DEFAULT-VALUE}).")
  private int paymentsPerDay;

  /**
   * A command that can be added to a command line or run alone.
   *
   * @param clusterOptions the options that select the cluster; they become options of this command
   */
  public SimulateCommand(ClusterOptions clusterOptions) {
    this.clusterOptions = clusterOptions;
  }

  private static final class End {
    @Option(names = "--events", paramLabel = "N", description = "Stop after N payments.")
    @Nullable Long events;

    @Option(
        names = "--for",
        paramLabel = "TIME",
        converter = DurationConverter.class,
        description = "Stop after this wall-clock time, such as 3m.")
    @Nullable Duration time;
  }

  private static final class DriftStart {
    @Option(
        names = "--drift-after",
        paramLabel = "EVENTS",
        description = "The drift starts after so many payments.")
    @Nullable Long events;

    @Option(
        names = "--drift-at",
        paramLabel = "TIME",
        description = "The drift starts at this simulated time.")
    @Nullable Instant time;
  }

  @Override
  public Integer call() throws IOException {
    Pipeline pipeline;
    SimulationSettings settings;
    try {
      pipeline = PipelineFile.load(pipelineFile);
      settings = settings(pipeline.source(Payment.SOURCE).lateness());
    } catch (PipelineException | IllegalArgumentException e) {
      System.err.println(e.getMessage());
      return ExitCode.USAGE;
    }
    Cluster cluster = clusterOptions.cluster();
    List<Source> sources =
        List.of(pipeline.source(Payment.SOURCE), pipeline.source(Chargeback.SOURCE));
    ProducerTuning tuning = rate == 0 ? ProducerTuning.THROUGHPUT : ProducerTuning.LATENCY;
    Backlog backlog = maxLag == null ? null : new Backlog(maxLag, System::nanoTime);
    try (StopSignal stop = StopSignal.onShutdown();
        EventPublisher publisher = EventPublisher.connect(cluster, sources, tuning);
        PredictionCounter counter =
            backlog == null
                ? null
                : new PredictionCounter(cluster, pipeline, backlog::predicted, backlog::fail)) {
      Simulation simulation =
          new Simulation(
              settings,
              SimulatedSourcePublisher.payments(pipeline, publisher),
              SimulatedSourcePublisher.chargebacks(pipeline, publisher),
              publisher,
              backlog,
              new Pacer(Pacer.Ticker.SYSTEM, stop),
              stop,
              System::nanoTime,
              System.out);
      if (counter != null) {
        counter.start();
      }
      return run(simulation);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      return ExitCode.USAGE;
    } catch (PublishException e) {
      System.err.println(e.getMessage());
      return ExitCode.SOFTWARE;
    }
  }

  private int run(Simulation simulation) {
    int exitCode = ExitCode.OK;
    try {
      simulation.run(limits());
    } catch (PublishException e) {
      System.err.println(e.getMessage());
      exitCode = ExitCode.SOFTWARE;
    }
    JsonLine.print(System.out, simulation.summary());
    return exitCode;
  }

  private Simulation.Limits limits() {
    return new Simulation.Limits(
        end == null || end.events == null ? Long.MAX_VALUE : end.events,
        end == null || end.time == null ? FOREVER : end.time,
        rate,
        warmUpRate);
  }

  private SimulationSettings settings(Duration lateness) {
    if (!(rate >= 0 && warmUpRate >= 0)) {
      throw new IllegalArgumentException("a rate is negative; give 0 for full speed");
    }
    return new SimulationSettings(
        seed, start, customers, merchants, paymentsPerDay, warmUp, badShare, lateness, plan());
  }

  private DriftPlan plan() {
    if (drift == DriftKind.NONE) {
      if (driftStart != null) {
        throw new IllegalArgumentException(
            "a start of the drift is given, but not its kind: add --drift price-shift or new-fraud");
      }
      return DriftPlan.NONE;
    }
    if (driftStart == null) {
      throw new IllegalArgumentException(
          "--drift " + drift + " needs a start: add --drift-after EVENTS or --drift-at TIME");
    }
    return driftStart.time != null
        ? DriftPlan.at(drift, driftStart.time)
        : DriftPlan.after(drift, driftStart.events == null ? 0 : driftStart.events);
  }
}
