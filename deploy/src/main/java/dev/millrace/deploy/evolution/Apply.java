package dev.millrace.deploy.evolution;

import dev.millrace.deploy.evolution.FlinkJobs.Job;
import dev.millrace.deploy.evolution.Plan.Affected;
import dev.millrace.deploy.generation.GenerationTopic;
import dev.millrace.deploy.generation.PipelineTopics;
import dev.millrace.deploy.generation.SkewAlertTopic;
import dev.millrace.deploy.platform.Component;
import dev.millrace.deploy.platform.PartialApply;
import dev.millrace.deploy.process.PlatformException;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ProcessNames;
import dev.millrace.schemas.registry.RegistryUnavailable;
import dev.millrace.schemas.service.Cluster;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Puts a definition into service on a running platform. The one in service stays until inference is
 * restarted, which is the only pause. Each step can be repeated: after a failure the same command
 * continues.
 */
final class Apply {
  private static final Duration POLL = Duration.ofMillis(500);

  private final RunningPlatform platform;
  private final Cluster cluster;
  private final Pipeline pipeline;
  private final Path definition;
  private final Plan plan;
  private final Timeline timeline;
  private final PartialApply partial;
  private String step = "";
  private final List<String> restarted = new ArrayList<>();
  private boolean switched;

  /**
   * @param definition the copy that the services read
   */
  Apply(
      RunningPlatform platform,
      Cluster cluster,
      Pipeline pipeline,
      Path definition,
      Plan plan,
      Timeline timeline) {
    this.platform = platform;
    this.cluster = cluster;
    this.pipeline = pipeline;
    this.definition = definition;
    this.plan = plan;
    this.timeline = timeline;
    this.partial = new PartialApply(platform.workDir());
  }

  /**
   * Runs all steps.
   *
   * @throws PlatformException if a step fails; it says which, which generation serves, and how to
   *     continue
   */
  void run() throws InterruptedException {
    try {
      steps();
    } catch (PlatformException | RegistryUnavailable | IllegalStateException | KafkaException e) {
      throw new PlatformException(
          "%s failed: %s%n%s%nRun the same command again to continue; 'millrace apply' with the previous file goes back."
              .formatted(step, e.getMessage(), state()),
          e);
    }
  }

  private String state() {
    String early =
        restarted.isEmpty()
            ? ""
            : " These run with the new file already: %s.".formatted(String.join(", ", restarted));
    return generationState() + early;
  }

  private String generationState() {
    if (!plan.isNewGeneration()) {
      return "Generation %s serves.".formatted(plan.generation());
    }
    return switched
        ? "Inference reads generation %s already; the jobs of other generations still run."
            .formatted(plan.generation())
        : "Generation %s still serves.".formatted(plan.serving());
  }

  private void steps() throws InterruptedException {
    step = "Creating topics and registering schemas";
    PipelineTopics.create(cluster, pipeline);
    timeline.print("topics and schemas exist");
    if (plan.restarts().contains(Affected.INGEST)) {
      restart(Component.INGEST);
    }
    if (plan.isNewGeneration()) {
      startGeneration();
    } else if (plan.restarts().contains(Affected.FEATURES)) {
      resubmit("features", featuresJob(plan.generation()));
    }
    if (plan.restarts().contains(Affected.INFERENCE)) {
      restart(Component.INFERENCE);
      switched = true;
    }
    // At once: a crash of Flink must not leave inference without the job that it reads.
    step = "Setting the definition of later restarts";
    for (Component service : Component.values()) {
      if (platform.runs(service)) {
        platform.services().use(service, definition);
      }
    }
    if (plan.restarts().contains(Affected.DRIFT)) {
      resubmit("drift", ProcessNames.driftJob(plan.pipeline()));
    }
    if (plan.restarts().contains(Affected.RETRAIN)) {
      restartRetrain();
    }
    step = "Marking generation " + plan.generation() + " as serving";
    new GenerationTopic(cluster, pipeline).markServing(Instant.now());
    timeline.print("generation %s serves".formatted(plan.generation()));
    endOtherJobs();
  }

  /** Without a call in the definition the service that runs does nothing. */
  private void restartRetrain() throws InterruptedException {
    if (platform.runs(Component.RETRAIN)) {
      restart(Component.RETRAIN);
    } else if (pipeline.retrain() != null && pipeline.retrain().call() != null) {
      timeline.print(
          "the service retrain does not run: triggers are called after 'millrace up' was ended and started again");
    }
  }

  /** Starts the job of the new generation and waits until its vectors have caught up. */
  private void startGeneration() throws InterruptedException {
    if (pipeline.lookups().isEmpty()) {
      return; // There are no vectors, and no job.
    }
    String name = featuresJob(plan.generation());
    Optional<Job> running = platform.jobs().running(name);
    if (running.isEmpty()) {
      step = "Writing a savepoint of the running features job";
      Path savepoint = savepoint();
      step = "Submitting the features job of generation " + plan.generation();
      platform.submit("features", definition, savepoint);
      running = platform.jobs().running(name);
      timeline.print("job %s submitted".formatted(name));
    } else {
      timeline.print("job %s runs already".formatted(name));
    }
    step = "Starting the features job of generation " + plan.generation();
    String id =
        running.orElseThrow(() -> new PlatformException("Flink does not list job " + name)).id();
    try {
      platform.jobs().awaitRunning(id);
      timeline.print("job %s runs beside the one that serves".formatted(name));
      catchUp(id);
    } catch (PlatformException e) {
      // It would take processor time from the one that serves, and make the cluster not ready.
      if (platform.jobs().isFailing(id)) {
        platform.jobs().cancel(id);
        timeline.print("job %s cancelled, since it fails again and again".formatted(name));
      }
      throw e;
    }
  }

  private @Nullable Path savepoint() throws InterruptedException {
    if (plan.serving() == null || plan.freshStart() != null) {
      return null;
    }
    Optional<Job> serving = platform.jobs().running(featuresJob(plan.serving()));
    if (serving.isEmpty()) {
      timeline.print(
          "generation %s has no job; nothing is restored from it".formatted(plan.serving()));
      return null;
    }
    Path savepoint = platform.jobs().savepoint(serving.get().id(), platform.savepoints());
    timeline.print("savepoint of generation %s written".formatted(plan.serving()));
    return savepoint;
  }

  private void catchUp(String job) throws InterruptedException {
    step = "Waiting until generation " + plan.generation() + " has caught up";
    String vectors = servingVectors();
    var inference = new InferenceProgress(cluster, pipeline, vectors);
    var events = CatchUp.fromNow(cluster, pipeline, vectors);
    awaitBackfills(job);
    events.await(
        count -> timeline.print("%,d events wait for a vector of it".formatted(count)),
        () -> platform.jobs().awaitRunning(job));
    timeline.print("its vectors have reached the ends of the clean topic");
    inference.await(new InferenceStall(System::nanoTime, platform::inferenceHealth));
    timeline.print("inference has scored the events from before the savepoint");
  }

  private void awaitBackfills(String job) throws InterruptedException {
    if (plan.backfills().isEmpty()) {
      return;
    }
    String name = featuresJob(plan.generation());
    long reported = -1;
    for (long left = platform.backfills().count(name);
        left > 0;
        left = platform.backfills().count(name)) {
      if (left != reported) {
        timeline.print("%d lookups are being backfilled".formatted(left));
        reported = left;
      }
      platform.jobs().awaitRunning(job);
      Thread.sleep(POLL.toMillis());
    }
    timeline.print("the backfill has ended");
  }

  /** The generation whose vectors inference reads now; null if it reads none. */
  private @Nullable String servingVectors() throws InterruptedException {
    String serving = plan.serving();
    return serving != null && platform.jobs().running(featuresJob(serving)).isPresent()
        ? serving
        : null;
  }

  private void restart(Component service) throws InterruptedException {
    step = "Restarting " + service.label();
    partial.begin(definition);
    var paused = platform.services().restart(service, definition);
    restarted.add(service.label());
    timeline.print(
        "%s restarted, paused for %s".formatted(service.label(), Timeline.seconds(paused)));
  }

  /** Ends a job and submits it again; it resumes from its newest checkpoint. */
  private void resubmit(String job, String name) throws InterruptedException {
    step = "Restarting the " + job + " job";
    partial.begin(definition);
    Optional<Job> running = platform.jobs().running(name);
    if (running.isPresent()) {
      platform.jobs().cancel(running.get().id());
    }
    platform.submit(job, definition, null);
    Optional<Job> submitted = platform.jobs().running(name);
    if (submitted.isPresent()) {
      platform.jobs().awaitRunning(submitted.get().id());
    }
    restarted.add("the " + job + " job");
    timeline.print("%s job restarted".formatted(job));
  }

  /** Ends the features jobs of the generations that do not serve, and resolves their alerts. */
  void endOtherJobs() throws InterruptedException {
    step = "Ending the jobs of other generations";
    String prefix = ProcessNames.featuresJobPrefix(plan.pipeline());
    for (Job job : platform.jobs().list()) {
      boolean other =
          job.name().startsWith(prefix) && !job.name().equals(featuresJob(plan.generation()));
      if (other && !job.hasEnded()) {
        platform.jobs().cancel(job.id());
        timeline.print("job %s ended".formatted(job.name()));
      }
    }
    step = "Resolving the alerts of other generations";
    for (String alert : new SkewAlertTopic(cluster, pipeline).resolveOthers()) {
      timeline.print("alert %s resolved".formatted(alert));
    }
  }

  private String featuresJob(String generation) {
    return ProcessNames.featuresJob(plan.pipeline(), generation);
  }
}
