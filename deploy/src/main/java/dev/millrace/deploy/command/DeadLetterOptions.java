package dev.millrace.deploy.command;

import dev.millrace.deploy.deadletter.DeadLetterFilter;
import dev.millrace.deploy.process.PlatformException;
import dev.millrace.schemas.codec.RejectionCode;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.topics.Topics;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** Selects dead letters. */
public final class DeadLetterOptions {
  @Option(
      names = "--code",
      paramLabel = "CODE",
      split = ",",
      description = "Only these rejection codes, such as CONTRACT,DECODE.")
  private List<RejectionCode> codes = List.of();

  @Option(
      names = "--stage",
      paramLabel = "STAGE",
      split = ",",
      description = "Only those that ingest, features, inference or drift rejected.")
  private List<String> stages = List.of();

  @Option(
      names = "--source",
      paramLabel = "SOURCE",
      split = ",",
      description = "Only records of these sources: of their producers' and clean topics.")
  private List<String> sources = List.of();

  @Option(
      names = "--topic",
      paramLabel = "TOPIC",
      split = ",",
      description = "Only records of these topics.")
  private List<String> topics = List.of();

  @Option(
      names = "--producer",
      paramLabel = "NAME",
      split = ",",
      description = "Only records with this name in the header millrace.producer or ce_source.")
  private List<String> producers = List.of();

  @Option(
      names = "--since",
      paramLabel = "TIME",
      converter = ExportCommand.Time.class,
      description =
          "Only records of this time or later, 2001-01-16 or 2001-01-16T08:00:00Z: of ingest when"
              + " they were published, of other stages their event time.")
  private Instant since = Instant.MIN;

  @Option(
      names = "--until",
      paramLabel = "TIME",
      converter = ExportCommand.Time.class,
      description = "Only records before this time.")
  private Instant until = Instant.MAX;

  /**
   * The filter.
   *
   * @throws PlatformException if the pipeline does not have one of the sources
   */
  DeadLetterFilter filter(Pipeline pipeline) {
    Set<String> names = new HashSet<>(topics);
    for (String source : sources) {
      if (!pipeline.sources().containsKey(source)) {
        throw new PlatformException(
            "pipeline %s has no source %s; its sources are %s"
                .formatted(
                    pipeline.name(), source, String.join(", ", pipeline.sources().keySet())));
      }
      names.add(pipeline.source(source).topic());
      names.add(Topics.clean(pipeline, source));
    }
    return new DeadLetterFilter(
        codes.stream().map(Enum::name).collect(Collectors.toSet()),
        Set.copyOf(stages),
        names,
        Set.copyOf(producers),
        since,
        until);
  }
}
