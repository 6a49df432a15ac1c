package dev.millrace.deploy.platform;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.millrace.deploy.generation.GenerationTopic;
import dev.millrace.deploy.generation.PipelineTopics;
import dev.millrace.deploy.generation.SkewAlertTopic;
import dev.millrace.deploy.process.ChildProcess;
import dev.millrace.deploy.process.PlatformException;
import dev.millrace.deploy.process.RestartBackoff;
import dev.millrace.deploy.process.UnexpectedExit;
import dev.millrace.schemas.pipeline.Generation;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.file.PipelineFile;
import dev.millrace.schemas.service.Cluster;
import dev.millrace.schemas.topics.GenerationLog;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.jspecify.annotations.Nullable;

/**
 * A running platform; every component is a child process of this process.
 *
 * <p>All children are started at once. The services wait for the start signal until broker and
 * registry are ready and the topics and subjects of the pipeline exist. Closing, and the exit of
 * this JVM, stops the services first, then broker and registry.
 */
public final class LocalPlatform implements AutoCloseable, PlatformControl.Services {
  /** Behind those of the components. */
  private static final int FEATURES_PORT = 9104;

  private final PlatformConfig config;
  private final Set<Component> components;
  private final WorkDir workDir;
  private final Endpoints endpoints;
  private final ProcessSpecs specs;
  private final Consumer<String> progress;
  private final Map<Component, ChildProcess> children = new EnumMap<>(Component.class);
  private final Map<Component, RestartBackoff> backoffs = new ConcurrentHashMap<>();
  private final CompletableFuture<UnexpectedExit> unexpectedExit = new CompletableFuture<>();
  private final Thread atExit = new Thread(this::stopChildren, "platform-exit");
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          work -> {
            var thread = new Thread(work, "platform");
            thread.setDaemon(true);
            return thread;
          });
  private final PlatformControl control = new PlatformControl(this);
  private final long startedNanos = System.nanoTime();
  private boolean closed;

  private LocalPlatform(
      PlatformConfig config, Set<Component> components, Consumer<String> progress) {
    this.config = config;
    this.components = components;
    this.workDir = WorkDir.lock(config.workDir());
    this.progress = progress;
    var ports = new Ports();
    var chosen = ports.choose(components, config.ports());
    this.endpoints = new Endpoints(chosen, ports.free(), ports.free(), featuresPort(ports));
    this.specs = new ProcessSpecs(config, workDir, endpoints);
  }

  /**
   * Starts a platform and waits until every component is ready.
   *
   * @param progress receives a line for each component that is ready
   * @throws PlatformException if a component does not become ready; all processes are stopped then
   * @throws dev.millrace.schemas.pipeline.file.PipelineException if the pipeline file has mistakes
   */
  public static LocalPlatform start(PlatformConfig config, Consumer<String> progress)
      throws InterruptedException {
    var file = config.pipeline();
    var pipeline = file == null ? null : PipelineFile.load(file);
    var platform = new LocalPlatform(config, PlatformConfig.components(pipeline), progress);
    Runtime.getRuntime().addShutdownHook(platform.atExit);
    try {
      platform.startChildren(pipeline);
      return platform;
    } catch (Throwable e) {
      platform.close();
      throw e;
    }
  }

  /**
   * Any port if inference may have any: of two platforms that start at the same time both see the
   * preferred one free.
   */
  private int featuresPort(Ports ports) {
    return Objects.equals(config.ports().get(Component.INFERENCE), 0)
        ? ports.free()
        : ports.preferred(FEATURES_PORT);
  }

  public Endpoints endpoints() {
    return endpoints;
  }

  /** The directory of the logs. */
  public Path logs() {
    return workDir.resolve("logs");
  }

  /** The time since the start began. */
  public Duration age() {
    return Duration.ofNanos(System.nanoTime() - startedNanos);
  }

  /** The process of a component, which can be stopped, killed, suspended or restarted. */
  public ChildProcess child(Component component) {
    var child = children.get(component);
    if (child == null) {
      throw new IllegalArgumentException("this platform has no " + component.label());
    }
    return child;
  }

  /**
   * Restarts a service with another definition and waits until it is ready.
   *
   * @param definition a pipeline file of {@link DefinitionStore}
   * @return the time from its stop until it was ready
   * @throws PlatformException if it does not become ready; it is then restarted as it was before
   */
  @Override
  public Duration replace(Component service, Path definition) throws InterruptedException {
    return child(service).replace(specs.spec(service, definition));
  }

  /** Makes later starts of a service use another definition. */
  @Override
  public void use(Component service, Path definition) {
    child(service).use(specs.spec(service, definition));
  }

  /** Completes at an unexpected exit of a component that is not restarted. */
  public CompletableFuture<UnexpectedExit> unexpectedExit() {
    return unexpectedExit.copy();
  }

  @Override
  public void close() {
    stopChildren();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // The JVM is already shutting down.
    }
  }

  private void startChildren(@Nullable Pipeline pipeline) throws InterruptedException {
    var file = config.pipeline();
    var definition = file == null ? null : DefinitionStore.copy(config.workDir(), file);
    for (var component : components) {
      workDir.emptyLog(component);
      var spec = definition == null ? specs.spec(component) : specs.spec(component, definition);
      var child = new ChildProcess(spec, exit -> handleUnexpectedExit(component, exit));
      children.put(component, child);
      child.start();
    }
    var readiness =
        new ReadinessWait(
            threads,
            component -> child(component).awaitReady(),
            component -> progress.accept(component.label() + " is ready after " + seconds()));
    var first = List.of(Component.BROKER, Component.REGISTRY);
    if (pipeline == null) {
      readiness.await(first, () -> announce("", List.of()));
    } else {
      readiness.await(first, () -> {});
      var known = new GenerationTopic(cluster(), pipeline).read().values();
      ServingDefinition.requireSameVectors(
          pipeline, GenerationLog.serving(known), config.workDir(), Objects.requireNonNull(file));
      PipelineTopics.create(cluster(), pipeline);
      progress.accept("topics and schemas exist after " + seconds());
      var services = components.stream().filter(Component::isService).toList();
      services.forEach(service -> child(service).sendStartSignal());
      readiness.await(
          services,
          () -> {
            markServing(pipeline);
            announce(pipeline.name(), services);
          });
    }
  }

  /** Inference reads the vectors of this definition from now on. */
  private void markServing(Pipeline pipeline) {
    try {
      new GenerationTopic(cluster(), pipeline)
          .markServing(Instant.now())
          .ifPresent(
              before ->
                  progress.accept(
                      "feature generation %s replaces %s: new and changed views read their events from the beginning"
                          .formatted(Generation.of(pipeline), before)));
      new SkewAlertTopic(cluster(), pipeline).resolveOthers();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Cluster cluster() {
    var client = new Properties();
    client.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, endpoints.bootstrapServers());
    return new Cluster(client, endpoints.registryUrl());
  }

  private void announce(String pipeline, List<Component> services) {
    var ops = new TreeMap<String, String>();
    services.forEach(service -> ops.put(service.label(), endpoints.ops(service).toString()));
    new PlatformAddressFile(
            ProcessHandle.current().pid(),
            pipeline,
            endpoints.bootstrapServers(),
            endpoints.registryUrl(),
            ops,
            services.isEmpty() ? "" : endpoints.features().toString(),
            endpoints.flinkRest().toString(),
            control.url(),
            control.token())
        .write(config.workDir());
  }

  private void handleUnexpectedExit(Component component, UnexpectedExit exit) {
    if (config.restartCrashed() && component.isService() && !isClosed()) {
      var pause = backoffs.computeIfAbsent(component, key -> new RestartBackoff()).afterExit(age());
      progress.accept(exit.message());
      progress.accept(
          "%s is restarted in %d s, after %d unexpected exits in a row"
              .formatted(component.label(), pause.length().toSeconds(), pause.exits()));
      CompletableFuture.delayedExecutor(pause.length().toMillis(), MILLISECONDS, threads)
          .execute(() -> restart(component));
    } else {
      unexpectedExit.complete(exit);
    }
  }

  private synchronized void restart(Component component) {
    if (!closed) {
      child(component).restart();
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  /** Stops the services first, so that they can commit and flush, then registry and broker. */
  private void stopChildren() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    control.close();
    stop(children.keySet().stream().filter(Component::isService).toList());
    stop(children.keySet().stream().filter(component -> !component.isService()).toList());
    threads.shutdownNow();
    workDir.close();
  }

  private void stop(List<Component> components) {
    var stopping =
        components.stream()
            .map(component -> new Thread(child(component)::stop, "stop " + component))
            .toList();
    stopping.forEach(Thread::start);
    for (var thread : stopping) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        components.forEach(component -> child(component).killHard());
        Thread.currentThread().interrupt();
      }
    }
  }

  private String seconds() {
    return "%.1f s".formatted(age().toMillis() / 1000.0);
  }
}
