package dev.millrace.deploy.command;

import dev.millrace.deploy.deadletter.DeadLetterEntry;
import dev.millrace.deploy.deadletter.DeadLetterText;
import dev.millrace.deploy.deadletter.DeadLetterTopics;
import dev.millrace.deploy.deadletter.Position;
import dev.millrace.deploy.deadletter.ReplayStatuses;
import dev.millrace.deploy.deadletter.ValueText;
import dev.millrace.deploy.process.PlatformException;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.service.Cluster;
import dev.millrace.schemas.topics.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** Shows one dead letter. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = "Shows a dead letter: its reason, headers, key and value.",
    footer = {
      "",
      "The value is decoded by its schema id if possible. Fields with the Avro property pii are"
          + " masked, and bytes that cannot be decoded are not shown if a source has such a field."
    })
public final class DlqShowCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "PIPELINE", description = "The pipeline file.")
  private Path pipelineFile = Path.of("");

  @Parameters(
      index = "1",
      paramLabel = "POSITION",
      converter = PositionConverter.class,
      description = "The first column of 'millrace dlq list': <partition>:<offset>.")
  private Position position = new Position(0, 0);

  @Option(names = "--raw", description = "Mask nothing, and show the value as bytes.")
  private boolean raw;

  @Mixin private ClusterSelectionOptions clusterOptions = new ClusterSelectionOptions();

  /** Public for picocli. */
  public DlqShowCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    Pipeline pipeline = PipelineFile.load(pipelineFile);
    Cluster cluster = clusterOptions.cluster();
    DeadLetterTopics topics = DeadLetterTopics.of(cluster, pipeline);
    var record = topics.read(position);
    if (record == null) {
      throw new PlatformException(
          "topic %s has no record at %s; 'millrace dlq list' prints the positions"
              .formatted(Topics.deadLetters(pipeline), position));
    }
    ReplayStatuses statuses = new ReplayStatuses(topics.replays(), topics.readByIngest());
    topics.read(each -> statuses.add(DeadLetterEntry.of(each)));
    DeadLetterEntry entry = DeadLetterEntry.of(record);
    ValueText values = new ValueText(Registry.http(cluster.registryUrl()), pipeline, raw);
    System.out.print(
        new DeadLetterText(pipeline, values, raw).full(record, entry, statuses.of(entry)));
    return 0;
  }

  /** Converts a position. */
  static final class PositionConverter implements ITypeConverter<Position> {
    @Override
    public Position convert(String text) {
      try {
        return Position.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }
}
