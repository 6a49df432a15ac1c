package dev.millrace.deploy.command;

import dev.millrace.deploy.deadletter.DeadLetterCounts;
import dev.millrace.deploy.deadletter.DeadLetterEntry;
import dev.millrace.deploy.deadletter.DeadLetterFilter;
import dev.millrace.deploy.deadletter.DeadLetterText;
import dev.millrace.deploy.deadletter.DeadLetterTopics;
import dev.millrace.deploy.deadletter.ReplayStatuses;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists or counts dead letters. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Lists dead letters, the newest last, or counts them.",
    footer = {
      "",
      "The columns: position, time, stage, code, rejected record (topic-partition@offset), producer,"
          + " status, detail. The status is open, sent (published again, not read by ingest yet),"
          + " accepted or rejected-again:<position of the new dead letter>."
    })
public final class DlqListCommand implements Callable<Integer> {
  /** The newest last; with equal times in the order of the topic. */
  private static final Comparator<DeadLetterEntry> OLDEST_FIRST =
      Comparator.comparing(DeadLetterEntry::time).thenComparing(DeadLetterEntry::position);

  @Parameters(paramLabel = "PIPELINE", description = "The pipeline file.")
  private Path pipelineFile = Path.of("");

  @Mixin private DeadLetterOptions options = new DeadLetterOptions();

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "100",
      description = "List the newest N (default: ${DEFAULT-VALUE}); --count counts all.")
  private int limit = 100;

  @Option(
      names = "--count",
      description = "Print only how many there are by code, topic, producer and status.")
  private boolean count;

  @Mixin private ClusterSelectionOptions clusterOptions = new ClusterSelectionOptions();

  /** Public for picocli. */
  public DlqListCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    Pipeline pipeline = PipelineFile.load(pipelineFile);
    DeadLetterFilter filter = options.filter(pipeline);
    DeadLetterTopics topics = DeadLetterTopics.of(clusterOptions.cluster(), pipeline);
    ReplayStatuses statuses = new ReplayStatuses(topics.replays(), topics.readByIngest());
    if (count) {
      count(topics, filter, statuses);
    } else {
      list(topics, filter, statuses);
    }
    return 0;
  }

  private void list(DeadLetterTopics topics, DeadLetterFilter filter, ReplayStatuses statuses) {
    PriorityQueue<DeadLetterEntry> newest = new PriorityQueue<>(OLDEST_FIRST);
    long[] selected = {0};
    topics.read(
        record -> {
          DeadLetterEntry entry = DeadLetterEntry.of(record);
          statuses.add(entry);
          if (filter.selects(entry)) {
            selected[0]++;
            newest.add(entry);
            if (newest.size() > limit) {
              newest.remove();
            }
          }
        });
    List<DeadLetterEntry> sorted = new ArrayList<>(newest);
    sorted.sort(OLDEST_FIRST);
    for (DeadLetterEntry entry : sorted) {
      System.out.println(DeadLetterText.line(entry, statuses.of(entry)));
    }
    System.err.printf("%d of %d dead letters%n", sorted.size(), selected[0]);
  }

  /** Reads twice, since the status of a dead letter depends on later ones. */
  private static void count(
      DeadLetterTopics topics, DeadLetterFilter filter, ReplayStatuses statuses) {
    topics.read(record -> statuses.add(DeadLetterEntry.of(record)));
    DeadLetterCounts counts = new DeadLetterCounts();
    topics.read(
        record -> {
          DeadLetterEntry entry = DeadLetterEntry.of(record);
          if (filter.selects(entry)) {
            counts.add(entry, statuses.of(entry));
          }
        });
    System.out.print(counts.table());
  }
}
