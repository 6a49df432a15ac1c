package dev.millrace.deploy.evolution;

import dev.millrace.deploy.process.PlatformException;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ProcessNames;
import dev.millrace.schemas.pipeline.file.DefinitionCopy;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Submits the jobs of a pipeline to any Flink cluster by its REST API. The pipeline file, its
 * schemas and its models travel in the uploaded jar, in the directory {@code pipeline/}, so the
 * cluster needs no access to the files of this machine.
 */
public final class Submission {
  /** A job of a pipeline. */
  public enum Job {
    FEATURES("dev.millrace.features.FeaturesMain"),
    DRIFT("dev.millrace.drift.DriftMain");

    private final String entryClass;

    Job(String entryClass) {
      this.entryClass = entryClass;
    }

    private String name(Pipeline pipeline) {
      return this == FEATURES
          ? ProcessNames.featuresJob(pipeline)
          : ProcessNames.driftJob(pipeline.name());
    }

    /** Why a pipeline has no such job; null if it has one. */
    private @Nullable String absence(Pipeline pipeline) {
      if (this == FEATURES) {
        return pipeline.lookups().isEmpty() ? "the pipeline has no feature views" : null;
      }
      return pipeline.labels() == null && pipeline.drift() == null
          ? "the pipeline has neither 'labels' nor 'drift'"
          : null;
    }
  }

  /**
   * How jobs are submitted.
   *
   * @param arguments of the main class, besides the pipeline
   * @param parallelism of the operators; null: the cluster's
   * @param savepoint a savepoint or retained checkpoint that the cluster can read; null: none
   */
  public record Settings(
      List<String> arguments, @Nullable Integer parallelism, @Nullable String savepoint) {
    public Settings {
      arguments = List.copyOf(arguments);
    }

    private Map<String, Object> request(Job job) {
      List<String> all = new ArrayList<>();
      all.add("--pipeline=jar:" + DefinitionCopy.FILE);
      all.addAll(arguments);
      Map<String, Object> request = new HashMap<>();
      request.put("entryClass", job.entryClass);
      request.put("programArgsList", all);
      if (parallelism != null) {
        request.put("parallelism", parallelism);
      }
      if (savepoint != null) {
        request.put("savepointPath", savepoint);
        // State of views that the definition does not have any more; see the uids of operators.
        request.put("allowNonRestoredState", true);
      }
      return request;
    }
  }

  private final FlinkJobs jobs;
  private final FlinkRest rest;
  private final String url;
  private final Path jar;
  private final Consumer<String> out;

  /**
   * @param url base URL of the cluster's REST API
   * @param jar {@code millrace-flink.jar}
   * @param out receives a line for each job
   */
  public Submission(String url, Path jar, Consumer<String> out) {
    this.url = url.replaceAll("/+$", "");
    this.jobs = new FlinkJobs(this.url);
    this.rest = new FlinkRest(this.url);
    this.jar = jar;
    this.out = out;
  }

  /**
   * Submits jobs, and waits until all of their tasks run. A job that runs already is not submitted
   * again.
   *
   * @throws PlatformException if the cluster does not answer, refuses a job, or a job fails; if a
   *     savepoint is named and its job runs
   */
  public void submit(Path pipelineFile, List<Job> wanted, Settings settings)
      throws IOException, InterruptedException {
    Pipeline pipeline = PipelineFile.load(pipelineFile);
    List<Job> missing = new ArrayList<>();
    for (Job job : wanted) {
      if (isMissing(job, pipeline, settings)) {
        missing.add(job);
      }
    }
    if (missing.isEmpty()) {
      return;
    }
    Path directory = Files.createTempDirectory("millrace-submit-");
    try {
      String uploaded = rest.upload(jarWith(pipelineFile, pipeline, directory));
      try {
        for (Job job : missing) {
          run(uploaded, job, pipeline, settings);
        }
      } finally {
        rest.deleteJar(uploaded);
      }
    } finally {
      delete(directory);
    }
  }

  private boolean isMissing(Job job, Pipeline pipeline, Settings settings)
      throws InterruptedException {
    String absence = job.absence(pipeline);
    if (absence != null) {
      out.accept("no %s job: %s".formatted(job.name().toLowerCase(Locale.ROOT), absence));
      return false;
    }
    String name = job.name(pipeline);
    Optional<FlinkJobs.Job> running = jobs.running(name);
    if (running.isPresent() && settings.savepoint() != null) {
      throw new PlatformException(
          "job %s runs on %s already (%s); stop it with a savepoint first: 'flink stop %s'"
              .formatted(name, url, running.get().id(), running.get().id()));
    }
    running.ifPresent(
        found ->
            out.accept(
                "job %s runs already (%s, %s); it is not submitted again"
                    .formatted(name, found.id(), found.state())));
    return running.isEmpty();
  }

  private void run(String uploaded, Job job, Pipeline pipeline, Settings settings)
      throws InterruptedException {
    String name = job.name(pipeline);
    String id = rest.run(uploaded, settings.request(job));
    out.accept("job %s submitted: %s".formatted(name, id));
    jobs.awaitRunning(id);
    out.accept("job %s is running".formatted(name));
  }

  /** A copy of the jar with the definition in it. */
  private Path jarWith(Path pipelineFile, Pipeline pipeline, Path directory) throws IOException {
    Path definition = Files.createDirectory(directory.resolve("definition"));
    DefinitionCopy.write(pipelineFile, definition);
    Path copy = directory.resolve("millrace-flink-%s.jar".formatted(pipeline.name()));
    Files.copy(jar, copy);
    try (FileSystem entries = FileSystems.newFileSystem(copy);
        Stream<Path> files = Files.walk(definition)) {
      for (Path file : files.toList()) {
        Path entry = entries.getPath("pipeline", definition.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(entry);
        } else {
          Files.copy(file, entry);
        }
      }
    }
    return copy;
  }

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(directory + " cannot be deleted", e);
    }
  }
}
