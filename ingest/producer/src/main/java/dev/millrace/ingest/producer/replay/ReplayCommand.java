package dev.millrace.ingest.producer.replay;

import dev.millrace.ingest.producer.publish.JsonLine;
import dev.millrace.ingest.producer.publish.Pacer;
import dev.millrace.ingest.producer.publish.ProducerClients;
import dev.millrace.ingest.producer.publish.ProducerTuning;
import dev.millrace.ingest.producer.publish.PublishException;
import dev.millrace.ingest.producer.publish.Publisher;
import dev.millrace.ingest.producer.publish.StopSignal;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.pipeline.file.PipelineException;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.registry.Registry;
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

/** Replays files into the source topics of a pipeline. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description = {
      "Sends the rows of CSV or JSON-lines files, plain or gzipped, to a pipeline's source topics,"
          + " as Avro by the sources' schemas.",
      "Several files are merged by event time; each must be in order of it. Prints a JSON line at"
          + " the end with what was sent."
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
      description = "Pass over rows before this event time, such as 2001-01-15T00:00:00Z.")
  private Instant from = Instant.MIN;

  @Option(
      names = "--until",
      paramLabel = "TIME",
      description = "Stop at the first row of this event time or later.")
  private Instant until = Instant.MAX;

  @Option(
      names = "--skip-bad",
      description = "Pass over rows that are no events, and count them, instead of stopping.")
  private boolean skipBad;

  /**
   * A command to be added to a command line, or run by itself.
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

    @Option(names = "--flat-out", description = "As fast as the broker takes it.")
    boolean flatOut;
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
    ProducerClients kafka = new ProducerClients(clusterOptions.cluster());
    try (StopSignal stop = StopSignal.onShutdown();
        Publisher publisher =
            new Publisher(
                kafka.producer(
                    speed.flatOut ? ProducerTuning.THROUGHPUT : ProducerTuning.LATENCY))) {
      List<String> topics =
          files.stream().map(file -> pipeline.source(file.source()).topic()).distinct().toList();
      kafka.requireTopics(topics);
      topics.forEach(publisher::prepare);
      return run(pipeline, files, publisher, kafka.registry(), stop);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      return ExitCode.USAGE;
    } catch (BadRow e) {
      System.err.println(e.getMessage());
      System.err.println("Mend the file, or pass over such rows with --skip-bad.");
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
      Pipeline pipeline,
      List<InputFile> files,
      Publisher publisher,
      Registry registry,
      StopSignal stop)
      throws IOException, BadRow {
    BadRows badRows = new BadRows(skipBad, System.err);
    ByteCount bytes = new ByteCount();
    Map<String, Output> outputs = new LinkedHashMap<>();
    List<Rows> opened = new ArrayList<>();
    long totalBytes = 0;
    try {
      for (InputFile file : files) {
        Source source = pipeline.source(file.source());
        Output output =
            outputs.computeIfAbsent(source.name(), name -> new Output(source, registry, publisher));
        opened.add(new Rows(file, output, badRows, bytes));
        totalBytes += file.size();
      }
      Pacer pacer = new Pacer(Pacer.Ticker.SYSTEM, stop);
      double factor = speed.flatOut ? Double.POSITIVE_INFINITY : speed.factor;
      Progress progress = Progress.to(System.err, totalBytes);
      Replay replay = new Replay(publisher, pacer, stop, progress, bytes);
      try {
        replay.run(new Merge(opened), new Replay.Limits(factor, from, until, limit));
      } finally {
        progress.close();
        JsonLine.print(System.out, replay.summary(outputs.values(), badRows));
      }
      return ExitCode.OK;
    } finally {
      for (Rows rows : opened) {
        rows.close();
      }
    }
  }
}
