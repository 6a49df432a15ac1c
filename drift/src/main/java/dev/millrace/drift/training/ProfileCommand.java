package dev.millrace.drift.training;

import dev.millrace.drift.detect.BlockBaseline;
import dev.millrace.drift.detect.SeasonalReference;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.training.TrainingProfile.Blocks;
import dev.millrace.drift.training.TrainingProfile.SliceProfile;
import dev.millrace.schemas.model.ModelArtifact;
import dev.millrace.schemas.pipeline.Drift;
import dev.millrace.schemas.pipeline.Durations;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineException;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.service.DurationConverter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Profiles rows that drift compares with: rows that the model was not trained on. */
@Command(
    name = "profile",
    mixinStandardHelpOptions = true,
    description =
        "Profiles rows for drift to compare with; use rows that the model was not trained on.")
public final class ProfileCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "PIPELINE", description = "The pipeline file.")
  @SuppressWarnings("NullAway.Init")
  private Path pipelineFile;

  @Parameters(
      index = "1",
      paramLabel = "TRAINING",
      description = "The rows: outcomes exported as .csv or .jsonl.")
  @SuppressWarnings("NullAway.Init")
  private Path trainingFile;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "Where to write (default: profile.json in the pipeline's model directory, or in 'model'"
              + " beside the pipeline file).")
  private @Nullable Path out;

  @Option(
      names = "--window",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = "Length of a block of the profile (default: drift.window).")
  private @Nullable Duration window;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  /** Exits with 0 after writing, 1 if the files are not valid, 2 on wrong arguments. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new ProfileCommand()).execute(args));
  }

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    try {
      Pipeline pipeline = PipelineFile.load(pipelineFile);
      TrainingProfiler profiler =
          new TrainingProfiler(
              trainingFile,
              pipeline.inputs(),
              drift(pipeline),
              LabelledScores.of(pipeline, drift(pipeline)));
      TrainingProfile profile = profiler.profile(pipeline.name());
      Path target = out != null ? out : target(pipeline);
      profile = profile.ofModel(modelVersion(target));
      profile.save(target);
      report(profile, target, drift(pipeline));
      String missing = profiler.missingBlocks();
      if (missing != null) {
        err.println("the profile has no blocks by time: " + missing);
      }
      return 0;
    } catch (PipelineException | TrainingException e) {
      err.println(e.getMessage());
    } catch (NoSuchFileException e) {
      err.println(e.getFile() + ": no such file");
    } catch (IOException e) {
      err.println("cannot read " + trainingFile + " or write the profile: " + e);
    }
    return 1;
  }

  private @Nullable Drift drift(Pipeline pipeline) {
    Drift drift = pipeline.drift();
    return drift == null ? null : drift.with(window, null, null);
  }

  private Path target(Pipeline pipeline) {
    Path model = pipeline.model() == null ? null : pipeline.model().path();
    return ModelArtifact.profile(model != null ? model : pipelineFile.resolveSibling("model"));
  }

  /** The version of the model in the profile's directory, or null. */
  private static @Nullable String modelVersion(Path target) throws IOException {
    Path directory = target.toAbsolutePath().getParent();
    return directory != null && Files.exists(ModelArtifact.model(directory))
        ? ModelArtifact.read(directory).version()
        : null;
  }

  /** By the start of each unusual block, the features in which it is unusual. */
  private static SortedMap<Instant, List<String>> leftOut(TrainingProfile profile, int minSamples) {
    SortedMap<Instant, List<String>> features = new TreeMap<>();
    profile
        .references()
        .forEach(
            (feature, reference) ->
                BlockBaseline.leftOut(
                        SeasonalReference.constant(reference.inSinglePrecision()),
                        ReferenceLoader.blocks(profile, feature),
                        minSamples)
                    .keySet()
                    .forEach(
                        block ->
                            features
                                .computeIfAbsent(
                                    Instant.ofEpochMilli(block.startMillis()),
                                    start -> new ArrayList<>())
                                .add(feature)));
    return features;
  }

  private void report(TrainingProfile profile, Path target, @Nullable Drift drift) {
    PrintWriter print = spec.commandLine().getOut();
    print.printf(
        "%s: %d features of %d rows%n",
        target, profile.references().size(), profile.createdFrom().rows());
    Blocks blocks = profile.blocks();
    if (blocks != null) {
      print.printf(
          "  %,d blocks of %s, as long as a window of drift%n",
          blocks.list().size(), Durations.format(blocks.length()));
    }
    if (blocks != null && drift != null) {
      leftOut(profile, drift.minSamples())
          .forEach(
              (start, features) ->
                  print.printf(
                      "  the block of %s differs from all others in %s: left out of the"
                          + " calibration of drift%n",
                      start, String.join(", ", features)));
      if (drift.first() == null) {
        DetectableShifts.of(profile, blocks, drift).forEach(line -> print.printf("  %s%n", line));
      }
    }
    if (!profile.slices().isEmpty()) {
      print.printf(
          "  slices: %s%n",
          profile.slices().stream()
              .map(each -> "%s (%,d rows)".formatted(each.slice().name(), each.rows()))
              .collect(Collectors.joining(", ")));
      if (blocks != null && drift != null) {
        reportSmall(print, profile.slices(), blocks.list().size(), drift);
      }
    }
    if (!profile.references().containsKey(Reference.SCORE)) {
      print.printf(
          "%s has no scores, so drift of the score will not be detected; to detect it, add the"
              + " model's scores of these rows as 'score'%n",
          trainingFile);
    }
    print.flush();
  }

  /** Names the slices that windows have too few rows of. */
  private static void reportSmall(
      PrintWriter print, List<SliceProfile> slices, int blocks, Drift drift) {
    String small =
        slices.stream()
            .filter(each -> each.rows() < (long) drift.minSamples() * blocks)
            .map(each -> "%s (%,d)".formatted(each.slice().name(), each.rows() / blocks))
            .collect(Collectors.joining(", "));
    if (!small.isEmpty()) {
      print.printf(
          "  warning: these slices have fewer rows in a window than min_samples (%d), so that most"
              + " of their windows are not tested, but take their part of the budget: %s%n",
          drift.minSamples(), small);
    }
  }
}
