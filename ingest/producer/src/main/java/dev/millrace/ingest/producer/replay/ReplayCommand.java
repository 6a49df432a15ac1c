package dev.millrace.ingest.producer.replay;

import dev.millrace.ingest.producer.console.JsonLine;
import dev.millrace.ingest.producer.console.Progress;
import dev.millrace.ingest.producer.files.ByteCount;
import dev.millrace.ingest.producer.files.InputFile;
import dev.millrace.ingest.producer.files.RejectedRow;
import dev.millrace.ingest.producer.files.RejectedRowPolicy;
import dev.millrace.ingest.producer.files.RowMerge;
import dev.millrace.ingest.producer.files.SourceRows;
import dev.millrace.ingest.producer.pacing.Pacer;
import dev.millrace.ingest.producer.pacing.StopSignal;
import dev.millrace.ingest.producer.publish.EventPublisher;
import dev.millrace.ingest.producer.publish.ProducerTuning;
import dev.millrace.ingest.producer.publish.ProgressReporter;
import dev.millrace.ingest.producer.publish.PublishException;
import dev.millrace.ingest.producer.publish.SourcePublisher;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.pipeline.file.PipelineException;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.service.Cluster;
import dev.millrace.schemas.service.ClusterOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code replay}. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description = {
      "Publishes the rows of CSV or JSON-lines files, plain or gzipped, to a pipeline's source topics,"
          + " as Avro in the sources' schemas.",
      "Several files are merged by event time; each must be sorted by it. Prints a JSON line with"
          + " what was sent at the end."
    })
public final class ReplayCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "PIPELINE", description = "The pipeline file.")
  @SuppressWarnings("NullAway.Init")
  private Path pipelineFile;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "SOURCE=FILE",
      description = "Files of rows: .csv, .jsonl or .ndjson, plain or with .gz.")
  @SuppressWarnings("NullAway.Init")
  private List<String> arguments;

  @Mixin private final ClusterOptions clusterOptions;

  @ArgGroup private Speed speed = new Speed();

  @Option(names = "--limit", paramLabel = "N", description = "Send at most N rows.")
  private long limit = Long.MAX_VALUE;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Skip rows before this event time, such as 2001-01-15T00:00:00Z.")
  private Instant from = Instant.MIN;

  @Option(
      names = "--until",
      paramLabel = "TIME",
      description = "Stop at the first row of this event time or later.")
  private Instant until = Instant.MAX;

  @Option(
      names = "--skip-rejected",
      description =
          "Skip and count rows that are not valid events, instead of stopping at the first.")
  private boolean skipRejected;

  @Option(
      names = "--no-progress",
      description =
          "Do not publish how far the replay is. Needed where other producers publish to the same"
              + " topics: their earlier events would be late.")
  private boolean noProgress;

  /**
   * A command that can be added to a command line or run alone.
   *
   * @param clusterOptions the options that select the cluster; they become options of this command
   */
  public ReplayCommand(ClusterOptions clusterOptions) {
    this.clusterOptions = clusterOptions;
  }

  private static final class Speed {
    @Option(
        names = "--speed",
        paramLabel = "X",
        defaultValue = "1",
        description =
            "Event time per wall-clock time: 3600 replays an hour in a second (default:"
                + " ${DEFAULT-VALUE}).")
    double factor = 1;

    @Option(names = "--full-speed", description = "As fast as the broker accepts records.")
    boolean full;
  }

  @Override
  public Integer call() throws IOException {
    Pipeline pipeline;
    List<InputFile> files;
    try {
      pipeline = PipelineFile.load(pipelineFile);
      files = files(arguments, pipeline);
      if (!(speed.factor > 0)) {
        throw new IllegalArgumentException("--speed is " + speed.factor + ", not above 0");
      }
    } catch (PipelineException | IllegalArgumentException e) {
      System.err.println(e.getMessage());
      return ExitCode.USAGE;
    }
    Cluster cluster = clusterOptions.cluster();
    List<Source> sources =
        files.stream().map(file -> pipeline.source(file.source())).distinct().toList();
    try (StopSignal stop = StopSignal.onShutdown();
        EventPublisher publisher =
            EventPublisher.connect(
                cluster,
                sources,
                speed.full ? ProducerTuning.THROUGHPUT : ProducerTuning.LATENCY)) {
      return run(pipeline, files, publisher, stop);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      return ExitCode.USAGE;
    } catch (RejectedRow e) {
      System.err.println(e.getMessage());
      System.err.println("Correct the file, or skip such rows with --skip-rejected.");
      return ExitCode.SOFTWARE;
    } catch (PublishException e) {
      System.err.println(e.getMessage());
      return ExitCode.SOFTWARE;
    }
  }

  static List<InputFile> files(List<String> arguments, Pipeline pipeline) {
    List<InputFile> files = new ArrayList<>();
    for (String argument : arguments) {
      InputFile file = InputFile.parse(argument);
      if (!pipeline.sources().containsKey(file.source())) {
        throw new IllegalArgumentException(
            "pipeline %s has no source '%s'; it has %s"
                .formatted(pipeline.name(), file.source(), pipeline.sources().keySet()));
      }
      files.add(file);
    }
    return files;
  }

  private int run(
      Pipeline pipeline, List<InputFile> files, EventPublisher publisher, StopSignal stop)
      throws IOException, RejectedRow {
    RejectedRowPolicy rejected = new RejectedRowPolicy(skipRejected, System.err);
    ByteCount bytes = new ByteCount();
    Map<String, SourcePublisher> sources = new LinkedHashMap<>();
    List<SourceRows> opened = new ArrayList<>();
    long totalBytes = 0;
    try {
      for (InputFile file : files) {
        Source source = pipeline.source(file.source());
        sources.computeIfAbsent(source.name(), name -> publisher.source(source));
        opened.add(new SourceRows(file, source, rejected, bytes));
        totalBytes += file.size();
      }
      Pacer pacer = new Pacer(Pacer.Ticker.SYSTEM, stop);
      double factor = speed.full ? Double.POSITIVE_INFINITY : speed.factor;
      Progress progress = Progress.to(System.err, totalBytes);
      ProgressReporter reporter =
          new ProgressReporter(noProgress ? List.of() : sources.values(), System::nanoTime);
      Replay replay = new Replay(publisher, pacer, stop, progress, bytes, sources, reporter);
      try {
        replay.run(new RowMerge(opened), new Replay.Limits(factor, from, until, limit));
      } finally {
        progress.close();
        JsonLine.print(System.out, replay.summary(rejected));
      }
      return ExitCode.OK;
    } finally {
      for (SourceRows rows : opened) {
        rows.close();
      }
    }
  }
}
