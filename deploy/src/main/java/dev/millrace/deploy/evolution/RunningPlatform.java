package dev.millrace.deploy.evolution;

import dev.millrace.deploy.platform.Component;
import dev.millrace.deploy.platform.Distribution;
import dev.millrace.deploy.platform.PlatformAddressFile;
import dev.millrace.deploy.process.JavaCommand;
import dev.millrace.deploy.process.PlatformException;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ProcessNames;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A local platform of another process: its services, and the jobs of its Flink cluster. */
public final class RunningPlatform {
  private static final int SUBMISSION_HEAP_MEGABYTES = 256;
  private static final Duration HEALTH_TIMEOUT = Duration.ofSeconds(10);

  private final Distribution distribution;
  private final Path workDir;
  private final PlatformAddressFile addresses;
  private final FlinkJobs jobs;
  private final ServiceControl services;

  public RunningPlatform(Distribution distribution, Path workDir, PlatformAddressFile addresses) {
    this.distribution = distribution;
    this.workDir = workDir.toAbsolutePath().normalize();
    this.addresses = addresses;
    this.jobs = new FlinkJobs(addresses.flink());
    this.services = new ServiceControl(addresses.control(), addresses.token());
  }

  FlinkJobs jobs() {
    return jobs;
  }

  Backfills backfills() {
    return new Backfills(URI.create(addresses.ops().get(Component.FLINK.label()) + "/metrics"));
  }

  /** What inference says of its health; empty if it does not answer. */
  Optional<String> inferenceHealth() {
    URI ready = URI.create(addresses.ops().get(Component.INFERENCE.label()) + "/health/ready");
    try {
      HttpRequest request = HttpRequest.newBuilder(ready).timeout(HEALTH_TIMEOUT).build();
      return Optional.of(
          HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body());
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** Whether the platform has this service. */
  boolean runs(Component service) {
    return addresses.ops().containsKey(service.label());
  }

  ServiceControl services() {
    return services;
  }

  Path workDir() {
    return workDir;
  }

  /** The directory in which the features job of each generation has one for its checkpoints. */
  Path featuresState() {
    return flinkState().resolve("features");
  }

  private Path flinkState() {
    return workDir.resolve(Component.FLINK.label());
  }

  /**
   * Whether the features job of a definition has a checkpoint of its own since it was submitted, so
   * that it needs no file of another generation; also if it has no job.
   */
  boolean isCheckpointed(Pipeline pipeline) throws InterruptedException {
    Optional<FlinkJobs.Job> job = jobs.running(ProcessNames.featuresJob(pipeline));
    return job.isEmpty() || jobs.completedCheckpoints(job.get().id()) > 0;
  }

  /** The directory of savepoints. Flink deletes one that a job has been restored from. */
  Path savepoints() {
    return flinkState().resolve("savepoints");
  }

  /**
   * Submits a job, in a JVM of its own.
   *
   * @param job {@code features} or {@code drift}
   * @param restore a savepoint; null: the job decides
   * @throws PlatformException if the job is not accepted, with the reason
   */
  void submit(String job, Path definition, @Nullable Path restore) throws InterruptedException {
    var flags = new ArrayList<>(JavaCommand.FLINK_OPENS);
    flags.add("-Dlogback.configurationFile=" + distribution.commandLogging());
    List<String> arguments = new ArrayList<>();
    arguments.add("--job=" + job);
    arguments.add("--rest-port=" + URI.create(addresses.flink()).getPort());
    arguments.add("--state-dir=" + flinkState());
    arguments.add("--pipeline=" + definition);
    arguments.add("--bootstrap-servers=" + addresses.bootstrapServers());
    arguments.add("--registry=" + addresses.registry());
    if (restore != null) {
      arguments.add("--restore=" + restore);
    }
    var classpath = distribution.classpath("local-flink", "flink-jar", "flink");
    var command =
        JavaCommand.withHeap(SUBMISSION_HEAP_MEGABYTES, flags, classpath)
            .runChild("dev.millrace.deploy.flink.SubmitMain", arguments);
    try {
      var process = new ProcessBuilder(command).redirectErrorStream(true).start();
      var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new PlatformException(
            "the %s job cannot be submitted: %s".formatted(job, output.strip()));
      }
    } catch (IOException e) {
      throw new PlatformException("the %s job cannot be submitted: %s".formatted(job, e), e);
    }
  }
}
