package dev.millrace.deploy.command;

import dev.millrace.deploy.deadletter.DeadLetterEntry;
import dev.millrace.deploy.deadletter.DeadLetterFilter;
import dev.millrace.deploy.deadletter.DeadLetterTopics;
import dev.millrace.deploy.deadletter.Position;
import dev.millrace.deploy.deadletter.Replay;
import dev.millrace.deploy.deadletter.ReplayDecision;
import dev.millrace.deploy.deadletter.Replayer;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.service.Cluster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Publishes the records of dead letters again. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description = {
      "Publishes the records of dead letters to the producers' topics again: key, value and the"
          + " producer's headers unchanged.",
      "Use it after the cause is mended: the contract of the pipeline, or a schema that was not"
          + " registered."
    },
    footer = {
      "",
      "A record is published again once for each of its dead letters, and not again after"
          + " --max-attempts. Not published again are records that are cut, and those that another"
          + " stage than ingest rejected: ingest has accepted their events."
    })
public final class DlqReplayCommand implements Callable<Integer> {
  @Parameters(paramLabel = "PIPELINE", description = "The pipeline file.")
  private Path pipelineFile = Path.of("");

  @Mixin private DeadLetterOptions options = new DeadLetterOptions();

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Publish at most N records again (default: all).")
  private long limit = Long.MAX_VALUE;

  @Option(
      names = "--max-attempts",
      paramLabel = "N",
      defaultValue = "3",
      description = "How often a record is published again (default: ${DEFAULT-VALUE}).")
  private int maxAttempts = 3;

  @Option(names = "--dry-run", description = "Only print what would be published again.")
  private boolean dryRun;

  @Mixin private ClusterSelectionOptions clusterOptions = new ClusterSelectionOptions();

  private final Map<ReplayDecision.Reason, Long> skipped =
      new EnumMap<>(ReplayDecision.Reason.class);
  private long sent;

  /** Public for picocli. */
  public DlqReplayCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    Pipeline pipeline = PipelineFile.load(pipelineFile);
    DeadLetterFilter filter = options.filter(pipeline);
    Cluster cluster = clusterOptions.cluster();
    DeadLetterTopics topics = DeadLetterTopics.of(cluster, pipeline);
    if (dryRun) {
      replay(topics, pipeline, filter, null);
      System.err.println(summary("would be published again"));
      return 0;
    }
    try (Replayer replayer = Replayer.start(cluster, pipeline)) {
      replay(topics, pipeline, filter, replayer);
      sent = replayer.commit();
    }
    System.err.println(summary("published again"));
    return 0;
  }

  /** Reads the notes of earlier replays after the replayer has ended those that still run. */
  private void replay(
      DeadLetterTopics topics,
      Pipeline pipeline,
      DeadLetterFilter filter,
      @Nullable Replayer replayer) {
    Map<Position, Replay> replays = topics.replays();
    topics.read(
        letter -> {
          DeadLetterEntry entry = DeadLetterEntry.of(letter);
          if (filter.selects(entry) && sent < limit) {
            replay(
                letter, entry, ReplayDecision.of(entry, pipeline, replays, maxAttempts), replayer);
          }
        });
  }

  private void replay(
      ConsumerRecord<byte[], byte[]> letter,
      DeadLetterEntry entry,
      ReplayDecision decision,
      @Nullable Replayer replayer) {
    if (decision instanceof ReplayDecision.Send send) {
      sent++;
      System.out.printf(
          "%s  %s  %s  attempt %d%n",
          entry.position(), entry.code(), entry.rejected(), send.attempt());
      if (replayer != null) {
        replayer.send(letter, entry, send);
      }
    } else if (decision instanceof ReplayDecision.Skip skip) {
      skipped.merge(skip.reason(), 1L, Long::sum);
      // Those that earlier replays published are the majority, and are only counted.
      if (skip.reason() != ReplayDecision.Reason.ALREADY_REPLAYED) {
        System.out.printf(
            "%s  %s  %s  not published again: %s%n",
            entry.position(), entry.code(), entry.rejected(), skip.detail());
      }
    }
  }

  private String summary(String done) {
    StringBuilder text = new StringBuilder("%d records %s".formatted(sent, done));
    skipped.forEach(
        (reason, count) ->
            text.append(
                "; %d not: %s"
                    .formatted(count, reason.name().toLowerCase(Locale.ROOT).replace('_', ' '))));
    return text.toString();
  }
}
