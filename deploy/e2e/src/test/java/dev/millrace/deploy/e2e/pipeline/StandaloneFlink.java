package dev.millrace.deploy.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.deploy.platform.Component;
import dev.millrace.deploy.platform.LocalPlatform;
import dev.millrace.deploy.process.ChildProcess;
import dev.millrace.deploy.process.ChildSpec;
import dev.millrace.deploy.process.JavaCommand;
import dev.millrace.deploy.process.ReadinessProbe;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A Flink cluster of one JobManager and two TaskManagers, each a process of its own with Flink's
 * main class for it, and with Flink alone on its class path. It runs the jobs of a pipeline in
 * place of the platform's Flink process, from the same state directory. No process is stopped in
 * order: each is killed.
 */
public final class StandaloneFlink implements AutoCloseable {
  private static final String JOB_MANAGER =
      "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint";
  private static final String TASK_MANAGER =
      "org.apache.flink.runtime.taskexecutor.TaskManagerRunner";

  /** Slots of a TaskManager: two have enough for both jobs at a parallelism of 3. */
  private static final int SLOTS = 3;

  private static final List<String> JOBS = List.of("features", "drift");
  private static final int HEAP_MEGABYTES = 512;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final LocalPlatform platform;
  private final Path dir;
  private final URI rest;
  private final ChildProcess jobManager;
  private final List<ChildProcess> taskManagers = new ArrayList<>();
  private int started;

  private StandaloneFlink(LocalPlatform platform, Path dir, int restPort) throws IOException {
    this.platform = platform;
    this.dir = dir;
    this.rest = URI.create("http://127.0.0.1:" + restPort);
    this.jobManager = child("jobmanager", JOB_MANAGER);
  }

  /** Starts the processes and waits until the JobManager knows both TaskManagers. */
  public static StandaloneFlink start(LocalPlatform platform, Path dir)
      throws IOException, InterruptedException {
    int restPort = RunningIngest.freePort();
    Files.createDirectory(dir);
    Files.write(dir.resolve("config.yaml"), settings(dir, restPort));
    StandaloneFlink cluster = new StandaloneFlink(platform, dir, restPort);
    cluster.jobManager.start();
    cluster.startTaskManager();
    cluster.startTaskManager();
    cluster.jobManager.awaitReady();
    cluster.awaitTaskManagers(2);
    return cluster;
  }

  /**
   * Submits the jobs of a pipeline with {@code millrace submit}; they restore their newest
   * checkpoints. Awaits one of each since.
   *
   * @param stateDir has a directory for each job
   */
  public void submit(Path pipeline, Path stateDir, int parallelism)
      throws IOException, InterruptedException {
    for (String job : JOBS) {
      submit(pipeline, stateDir, job, "--parallelism=" + parallelism);
    }
    awaitMore("completed", Map.of());
  }

  /** Stops each job with a savepoint, and submits it from there with another parallelism. */
  public void rescale(Path pipeline, Path stateDir, int parallelism)
      throws IOException, InterruptedException {
    for (String job : JOBS) {
      String savepoint = stop(job);
      submit(
          pipeline, stateDir, job, "--parallelism=" + parallelism, "--from-savepoint=" + savepoint);
    }
    awaitMore("completed", Map.of());
    for (JsonNode job : get("/jobs/overview").path("jobs")) {
      if (job.path("state").asText().equals("RUNNING")) {
        assertThat(get("/jobs/" + job.path("jid").asText() + "/config").toString())
            .contains("\"job-parallelism\":" + parallelism);
      }
    }
  }

  private void submit(Path pipeline, Path stateDir, String job, String... options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("submit", pipeline.toString()));
    command.add("--flink=" + rest);
    command.add("--job=" + job);
    command.add("--argument=--state-dir=" + stateDir.resolve(job));
    command.addAll(List.of(options));
    Packaged.run(platform, command.toArray(String[]::new));
  }

  /** Stops a job with a savepoint, and returns where that is. */
  private String stop(String kind) throws IOException, InterruptedException {
    String id = "";
    for (JsonNode job : get("/jobs/overview").path("jobs")) {
      boolean runs = job.path("state").asText().equals("RUNNING");
      if (runs && job.path("name").asText().contains("-" + kind)) {
        id = job.path("jid").asText();
      }
    }
    String path = "/jobs/" + id + "/stop";
    String body = "{\"targetDirectory\": \"%s\"}".formatted(dir.resolve("savepoints").toUri());
    HttpRequest request =
        HttpRequest.newBuilder(rest.resolve(path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    String answer =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
    String trigger = JSON.readTree(answer).path("request-id").asText();
    String savepoints = "/jobs/" + id + "/savepoints/" + trigger;
    Await.condition(
        "the savepoint of " + kind,
        RunningPipeline.TIMEOUT,
        () -> get(savepoints).path("operation").hasNonNull("location"));
    String stopped = id;
    Await.condition(
        "the end of " + kind,
        RunningPipeline.TIMEOUT,
        () -> get("/jobs/" + stopped).path("state").asText().equals("FINISHED"));
    return get(savepoints).path("operation").path("location").asText();
  }

  /**
   * Kills the JobManager (SIGKILL), starts it again, and submits the jobs again, since without high
   * availability they end with it.
   */
  public void killJobManager(Path pipeline, Path stateDir, int parallelism)
      throws IOException, InterruptedException {
    jobManager.killHard();
    jobManager.restart();
    jobManager.awaitReady();
    awaitTaskManagers(2);
    submit(pipeline, stateDir, parallelism);
  }

  /**
   * Kills a TaskManager (SIGKILL) and waits until each job has restored a checkpoint and completed
   * one since. The one that takes its place is started before, so that each job again has a slot in
   * both: otherwise one job takes both slots of the other TaskManager.
   */
  public void killTaskManager() throws IOException {
    startTaskManager();
    awaitTaskManagers(3);
    Map<String, Long> before = counts("restored");
    taskManagers.remove(0).killHard();
    awaitMore("restored", before);
    awaitMore("completed", counts("completed"));
  }

  /** Waits until each job has completed or restored a checkpoint more than before. */
  private void awaitMore(String kind, Map<String, Long> before) {
    Await.condition(
        "a " + kind + " checkpoint of each job",
        RunningPipeline.TIMEOUT,
        () -> {
          Map<String, Long> counts = counts(kind);
          return counts.size() == JOBS.size()
              && counts.entrySet().stream()
                  .allMatch(job -> job.getValue() > before.getOrDefault(job.getKey(), 0L));
        });
  }

  /** The number of checkpoints of each job by its id: {@code restored} or {@code completed}. */
  private Map<String, Long> counts(String kind) {
    Map<String, Long> counts = new TreeMap<>();
    for (JsonNode job : get("/jobs").path("jobs")) {
      String id = job.path("id").asText();
      if (job.path("status").asText().equals("FINISHED")) {
        continue;
      }
      counts.put(id, get("/jobs/" + id + "/checkpoints").path("counts").path(kind).asLong());
    }
    return counts;
  }

  private void awaitTaskManagers(int number) {
    Await.condition(
        number + " TaskManagers",
        RunningPipeline.TIMEOUT,
        () -> get("/taskmanagers").path("taskmanagers").size() == number);
  }

  private JsonNode get(String path) {
    try {
      return JSON.readTree(rest.resolve(path).toURL());
    } catch (IOException e) {
      throw new IllegalStateException("GET " + rest + path, e);
    }
  }

  private void startTaskManager() throws IOException {
    started++;
    ChildProcess next = child("taskmanager-" + started, TASK_MANAGER);
    taskManagers.add(next);
    next.start();
  }

  private ChildProcess child(String name, String main) throws IOException {
    ChildSpec spec =
        new ChildSpec(
            name,
            java().runChild(main, List.of("--configDir", dir.toString())),
            dir,
            dir.resolve(name + ".log"),
            ReadinessProbe.http(rest.resolve("/overview")),
            Duration.ofMinutes(2));
    return new ChildProcess(spec, exit -> System.out.println(exit.message()));
  }

  private static JavaCommand java() throws IOException {
    List<String> flags = new ArrayList<>(JavaCommand.FLINK_OPENS);
    flags.add(Packaged.JIT);
    flags.add("-Dlogback.configurationFile=" + Packaged.DISTRIBUTION.serviceLogging());
    String classpath = Packaged.DISTRIBUTION.classpath("flink") + ":" + jarUpload();
    return JavaCommand.withHeap(HEAP_MEGABYTES, flags, classpath);
  }

  /** The part of Flink that accepts jars, which the local platform does without. */
  private static String jarUpload() throws IOException {
    URL handler =
        StandaloneFlink.class.getResource(
            "/org/apache/flink/runtime/webmonitor/handlers/JarUploadHandler.class");
    JarURLConnection connection =
        (JarURLConnection) Objects.requireNonNull(handler).openConnection();
    return connection.getJarFileURL().getPath();
  }

  /**
   * What the scripts of Flink's distribution compute: a TaskManager reads the size of each part.
   */
  private static List<String> settings(Path dir, int restPort) throws IOException {
    return List.of(
        "jobmanager.rpc.address: 127.0.0.1",
        "jobmanager.bind-host: 127.0.0.1",
        "jobmanager.rpc.port: " + RunningIngest.freePort(),
        "rest.address: 127.0.0.1",
        "rest.bind-address: 127.0.0.1",
        "rest.port: " + restPort,
        "blob.storage.directory: " + dir,
        "io.tmp.dirs: " + dir,
        "web.tmpdir: " + dir,
        "taskmanager.host: 127.0.0.1",
        "taskmanager.bind-host: 127.0.0.1",
        "taskmanager.numberOfTaskSlots: " + SLOTS,
        // The default is 10 s; TaskManagers notice the end of the JobManager by it.
        "heartbeat.interval: 2000",
        "heartbeat.timeout: 20000",
        "taskmanager.load-balance.mode: SLOTS",
        "taskmanager.cpu.cores: 1",
        "taskmanager.memory.task.heap.size: 256m",
        "taskmanager.memory.task.off-heap.size: 32m",
        "taskmanager.memory.framework.heap.size: 128m",
        "taskmanager.memory.framework.off-heap.size: 128m",
        "taskmanager.memory.network.min: 64m",
        "taskmanager.memory.network.max: 64m",
        "taskmanager.memory.managed.size: 192m",
        "taskmanager.memory.jvm-metaspace.size: 128m",
        "taskmanager.memory.jvm-overhead.min: 64m",
        "taskmanager.memory.jvm-overhead.max: 64m");
  }

  /** The state directory of the platform's Flink process, which each job has a directory in. */
  public static Path stateOf(Path platformDir) {
    return platformDir.resolve(Component.FLINK.label());
  }

  /** Kills all processes. */
  @Override
  public void close() {
    taskManagers.forEach(ChildProcess::killHard);
    jobManager.killHard();
  }
}
