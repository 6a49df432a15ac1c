package dev.millrace.deploy.command;

import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.Durations;
import dev.millrace.schemas.pipeline.Feature;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.TrainingReferenceCheck;
import dev.millrace.schemas.pipeline.ViewVersion;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.topics.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Checks a pipeline file without starting anything. */
@Command(
    name = "validate",
    mixinStandardHelpOptions = true,
    description = "Checks a pipeline file and prints every mistake, or a summary of the pipeline.")
public final class ValidateCommand implements Callable<Integer> {
  /** Of labels, before quality can alarm; see the README of drift. */
  private static final int CALIBRATING_WINDOWS = 14;

  @Parameters(paramLabel = "PIPELINE", description = "The pipeline file.")
  private Path pipelineFile = Path.of("");

  /** Public for picocli. */
  public ValidateCommand() {}

  @Override
  public Integer call() {
    System.out.print(summary(PipelineFile.load(pipelineFile)));
    return 0;
  }

  static String summary(Pipeline pipeline) {
    var text = new StringBuilder();
    text.append(
        "%s is valid: %s, %d partitions%n"
            .formatted(
                pipeline.name(),
                pipeline.guarantee().name().toLowerCase(Locale.ROOT),
                pipeline.partitions()));
    text.append("%nsources%n".formatted());
    for (var source : pipeline.sources().values()) {
      text.append(
          "  %s: topic %s, key %s, time %s%s%n"
              .formatted(
                  source.name(),
                  source.topic(),
                  source.key(),
                  source.time(),
                  source.name().equals(pipeline.score()) ? "; scored" : ""));
    }
    for (var view : pipeline.features().values()) {
      text.append(
          "%nfeature view %s, from %s by %s%s; version %s%n"
              .formatted(
                  view.name(),
                  view.from(),
                  view.entity(),
                  view.delay().isZero() ? "" : ", after " + Durations.format(view.delay()),
                  ViewVersion.of(pipeline, view).version()));
      for (Feature feature : view.features()) {
        text.append("  %s%n".formatted(feature.name()));
      }
    }
    var model = pipeline.model();
    text.append(
        "%ninputs of %s%n  %s%n"
            .formatted(
                model == null || model.path() == null
                    ? "predictions (no model yet: they are collected unscored)"
                    : "model " + model.name(),
                pipeline.inputs().stream()
                    .map(input -> input.name())
                    .collect(Collectors.joining(", "))));
    String missing = TrainingReferenceCheck.missing(pipeline);
    if (missing != null) {
      text.append("%nno reference: drift is not detected; %s%n".formatted(missing));
    }
    List<String> slices = TrainingReferenceCheck.missingSlices(pipeline);
    if (missing == null && !slices.isEmpty()) {
      text.append(
          "%nno slices by %s: profile.json has none; write it again with 'millrace profile'%n"
              .formatted(String.join(", ", slices)));
    }
    if (pipeline.drift() != null) {
      text.append(WindowSizeEstimate.of(pipeline, pipeline.drift()));
      text.append(DriftAdvice.of(pipeline, pipeline.drift()));
    }
    text.append(labelCalibration(pipeline));
    text.append("%ntopics%n".formatted());
    for (var topic : Topics.of(pipeline)) {
      text.append("  %s (%d partitions)%n".formatted(topic.name(), topic.partitions()));
    }
    return text.toString();
  }

  /** The time of labels that windows need before they can alarm. */
  private static String labelCalibration(Pipeline pipeline) {
    Drift drift = pipeline.drift();
    if (drift == null || pipeline.labels() == null) {
      return "";
    }
    Duration windows = drift.window().multipliedBy(CALIBRATING_WINDOWS);
    boolean season = drift.season().compareTo(windows) > 0;
    return ("%nlabels calibrate for %s (%s) before quality can alarm, and before concept can unless the"
            + " profile has enough labels%n")
        .formatted(
            Durations.format(season ? drift.season() : windows),
            season ? "drift.season" : CALIBRATING_WINDOWS + " windows");
  }
}
