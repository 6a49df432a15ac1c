package dev.millrace.deploy.platform;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.topics.Provisioner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.jspecify.annotations.Nullable;

/**
 * A running platform: every part a child process of this one.
 *
 * <p>All children are started at once; the services hold until broker and registry are ready and
 * the pipeline's topics and subjects are there. Closing stops them in the order of the stream, and
 * so does the end of this JVM.
 */
public final class LocalPlatform implements AutoCloseable {
  private static final Duration REGISTRY_PATIENCE = Duration.ofSeconds(30);

  private final PlatformConfig config;
  private final WorkDir workDir;
  private final Endpoints endpoints;
  private final Consumer<String> progress;
  private final Map<Part, ChildProcess> children = new EnumMap<>(Part.class);
  private final Map<Part, RestartPause> pauses = new ConcurrentHashMap<>();
  private final CompletableFuture<Crash> crashed = new CompletableFuture<>();
  private final Thread atExit = new Thread(this::stopChildren, "platform-exit");
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          work -> {
            var thread = new Thread(work, "platform");
            thread.setDaemon(true);
            return thread;
          });
  private final long startedNanos = System.nanoTime();
  private boolean closed;

  private LocalPlatform(PlatformConfig config, WorkDir workDir, Consumer<String> progress) {
    this.config = config;
    this.workDir = workDir;
    this.progress = progress;
    var ports = new Ports();
    var chosen = ports.choose(config.parts(), config.ports());
    this.endpoints = new Endpoints(chosen, ports.free(), ports.free());
  }

  /**
   * Starts a platform and returns once every part is ready.
   *
   * @param progress is told in one line what has become ready
   * @throws PlatformException when a part does not get ready; nothing is left running then
   * @throws dev.millrace.schemas.pipeline.file.PipelineException when the pipeline file has
   *     mistakes
   */
  public static LocalPlatform start(PlatformConfig config, Consumer<String> progress)
      throws InterruptedException {
    var file = config.pipeline();
    var pipeline = file == null ? null : PipelineFile.load(file);
    var platform = new LocalPlatform(config, WorkDir.take(config.workDir()), progress);
    Runtime.getRuntime().addShutdownHook(platform.atExit);
    try {
      platform.startChildren(pipeline);
      return platform;
    } catch (Throwable e) {
      platform.close();
      throw e;
    }
  }

  /** Where everything listens. */
  public Endpoints endpoints() {
    return endpoints;
  }

  /** Where the children's logs are. */
  public Path logs() {
    return workDir.resolve("logs");
  }

  /** For how long it has been running, the start included. */
  public Duration age() {
    return Duration.ofNanos(System.nanoTime() - startedNanos);
  }

  /** A child, to stop, kill, freeze or restart it; none of that counts as a crash. */
  public ChildProcess child(Part part) {
    var child = children.get(part);
    if (child == null) {
      throw new IllegalArgumentException("this platform has no " + part.label());
    }
    return child;
  }

  /** Completes when a child has crashed and is not to be started again. */
  public CompletableFuture<Crash> crashed() {
    return crashed.copy();
  }

  @Override
  public void close() {
    stopChildren();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // The JVM is ending already.
    }
  }

  private void startChildren(@Nullable Pipeline pipeline) {
    var specs = new Children(config, workDir, endpoints);
    for (var part : config.parts()) {
      var child = new ChildProcess(specs.spec(part), crash -> crashed(part, crash));
      children.put(part, child);
      child.start();
    }
    var readiness =
        new Readiness(
            threads,
            part -> child(part).awaitReady(),
            part -> progress.accept(part.label() + " is ready after " + seconds()));
    var first = List.of(Part.BROKER, Part.REGISTRY);
    if (pipeline == null) {
      readiness.await(first, () -> announce("", List.of()));
    } else {
      readiness.await(first, () -> {});
      provision(pipeline);
      progress.accept("topics and schemas are there after " + seconds());
      var services = config.parts().stream().filter(Part::isService).toList();
      services.forEach(part -> child(part).go());
      readiness.await(services, () -> announce(pipeline.name(), services));
    }
  }

  private void announce(String pipeline, List<Part> services) {
    var ops = new TreeMap<String, String>();
    services.forEach(part -> ops.put(part.label(), endpoints.ops(part).toString()));
    new RunningPlatform(
            ProcessHandle.current().pid(),
            pipeline,
            endpoints.bootstrapServers(),
            endpoints.registryUrl(),
            ops)
        .write(config.workDir());
  }

  private void provision(Pipeline pipeline) {
    Map<String, Object> settings =
        Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, endpoints.bootstrapServers());
    try (var admin = Admin.create(settings)) {
      var registry = Registry.http(endpoints.registryUrl()).retrying(REGISTRY_PATIENCE);
      new Provisioner(admin, registry).provision(pipeline);
    } catch (IllegalStateException e) {
      throw new PlatformException(String.valueOf(e.getMessage()), e);
    }
  }

  private void crashed(Part part, Crash crash) {
    if (config.restartCrashed() && part.isService() && !isClosed()) {
      var pause = pauses.computeIfAbsent(part, key -> new RestartPause()).after(age());
      progress.accept(crash.message());
      progress.accept(
          "%s is started again in %d s, crash %d in a row"
              .formatted(part.label(), pause.length().toSeconds(), pause.crashes()));
      CompletableFuture.delayedExecutor(pause.length().toMillis(), MILLISECONDS, threads)
          .execute(() -> restart(part));
    } else {
      crashed.complete(crash);
    }
  }

  private synchronized void restart(Part part) {
    if (!closed) {
      child(part).restart();
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  /** Services first, so that they can still commit and flush; the broker last. */
  private void stopChildren() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    stop(children.keySet().stream().filter(Part::isService).toList());
    stop(children.keySet().stream().filter(part -> !part.isService()).toList());
    threads.shutdownNow();
    workDir.close();
  }

  private void stop(List<Part> parts) {
    var stopping =
        parts.stream().map(part -> new Thread(child(part)::stop, "stop " + part)).toList();
    stopping.forEach(Thread::start);
    for (var thread : stopping) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        parts.forEach(part -> child(part).killHard());
        Thread.currentThread().interrupt();
      }
    }
  }

  private String seconds() {
    return "%.1f s".formatted(age().toMillis() / 1000.0);
  }
}
