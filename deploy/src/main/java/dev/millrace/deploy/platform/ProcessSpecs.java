package dev.millrace.deploy.platform;

import dev.millrace.deploy.process.ChildSpec;
import dev.millrace.deploy.process.JavaCommand;
import dev.millrace.deploy.process.ReadinessProbe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Builds the command line and the settings of the child process of each component. */
final class ProcessSpecs {
  /** Many times the usual start-up time, for machines under load. */
  private static final Duration START_TIMEOUT = Duration.ofMinutes(3);

  /** The id of the cluster in its storage: any UUID, the same at each restart. */
  private static final String CLUSTER_ID = "bWlsbHJhY2UtbG9jYWwtMQ";

  private final PlatformConfig config;
  private final WorkDir workDir;
  private final Endpoints endpoints;

  ProcessSpecs(PlatformConfig config, WorkDir workDir, Endpoints endpoints) {
    this.config = config;
    this.workDir = workDir;
    this.endpoints = endpoints;
  }

  /** The process of the broker or the registry. */
  ChildSpec spec(Component component) {
    return switch (component) {
      case BROKER -> broker();
      case REGISTRY -> registry();
      case INGEST, INFERENCE, FLINK, RETRAIN ->
          throw new IllegalArgumentException(component.label() + " needs a pipeline");
    };
  }

  /** The process of a service that reads a pipeline file. */
  ChildSpec spec(Component service, Path pipeline) {
    return switch (service) {
      case INGEST -> service(service, "dev.millrace.ingest.IngestMain", List.of("run"), pipeline);
      case INFERENCE ->
          service(service, "dev.millrace.inference.InferenceMain", List.of(), pipeline);
      case FLINK -> flink(pipeline);
      case RETRAIN -> retrain(pipeline);
      case BROKER, REGISTRY -> spec(service);
    };
  }

  private ChildSpec broker() {
    var directory = workDir.directory("broker");
    var properties = directory.resolve("server.properties");
    write(properties, brokerSettings(directory.resolve("data")));
    return child(
        Component.BROKER,
        java(Component.BROKER, config.distribution().classpath("broker"), List.of())
            .runChild(
                "dev.millrace.deploy.broker.BrokerMain",
                List.of(properties.toString(), CLUSTER_ID)),
        ReadinessProbe.broker(endpoints.port(Component.BROKER)));
  }

  /** The settings that differ from Kafka's defaults, which are for clusters of large machines. */
  private Map<String, String> brokerSettings(Path data) {
    var port = endpoints.port(Component.BROKER);
    var controller = "127.0.0.1:" + endpoints.controllerPort();
    var settings = new TreeMap<String, String>();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", "1");
    settings.put("controller.quorum.voters", "1@" + controller);
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.put("listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://" + controller);
    settings.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
    settings.put("log.dirs", data.toString());
    settings.put("auto.create.topics.enable", "false");
    // The timestamp of a replayed record is its event time: the default would delete it as old.
    settings.put("log.retention.ms", "-1");
    settings.put("transaction.max.timeout.ms", "900000");
    for (var internal :
        List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
      settings.put(internal + ".replication.factor", "1");
      settings.put(internal + ".num.partitions", "4");
    }
    settings.put("transaction.state.log.min.isr", "1");
    settings.put("share.coordinator.state.topic.min.isr", "1");
    settings.put("group.initial.rebalance.delay.ms", "0");
    settings.put("log.cleaner.dedupe.buffer.size", "16777216");
    settings.put("num.network.threads", "2");
    settings.put("num.io.threads", "4");
    return settings;
  }

  private ChildSpec registry() {
    var database = workDir.directory("registry").resolve("registry");
    var port = endpoints.port(Component.REGISTRY);
    var settings = new TreeMap<String, String>();
    settings.put("quarkus.http.host", "127.0.0.1");
    settings.put("quarkus.http.port", Integer.toString(port));
    settings.put("quarkus.http.access-log.enabled", "false");
    // The database is a file, written before the registry answers.
    settings.put(
        "apicurio.datasource.url",
        "jdbc:h2:file:" + database + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE");
    // The default opens twenty connections to each of three databases at start-up.
    for (var source : List.of("", "blue.", "green.")) {
      settings.put("apicurio.datasource." + source + "jdbc.initial-size", "0");
      settings.put("apicurio.datasource." + source + "jdbc.min-size", "0");
      settings.put("apicurio.datasource." + source + "jdbc.max-size", "10");
    }
    // The first connection creates the database, which takes longer than the default of 5 s on a
    // busy machine.
    settings.put("quarkus.datasource.h2.jdbc.acquisition-timeout", "60S");
    var flags =
        settings.entrySet().stream().map(s -> "-D" + s.getKey() + "=" + s.getValue()).toList();
    var classpath =
        config.distribution().classpath() + ":" + config.distribution().registryRunner();
    return child(
        Component.REGISTRY,
        java(Component.REGISTRY, classpath, flags)
            .runChild("io.quarkus.runner.GeneratedMain", List.of()),
        ReadinessProbe.http(endpoints.ops(Component.REGISTRY).resolve("/health/ready")));
  }

  private ChildSpec service(
      Component service, String main, List<String> subcommand, Path pipeline) {
    var arguments = new ArrayList<>(subcommand);
    arguments.addAll(serviceArguments(service, pipeline));
    arguments.add(stateDir(service));
    if (service == Component.INFERENCE) {
      arguments.add("--http-port=" + endpoints.featuresPort());
    }
    var classpath = config.distribution().classpath(service.label(), "streams");
    return child(
        service,
        java(service, classpath, List.of()).runHeldChild(main, arguments),
        readiness(service));
  }

  private ChildSpec flink(Path pipeline) {
    var arguments = new ArrayList<String>();
    arguments.add("--rest-port=" + endpoints.flinkRestPort());
    arguments.addAll(serviceArguments(Component.FLINK, pipeline));
    arguments.add(stateDir(Component.FLINK));
    var classpath = config.distribution().classpath("local-flink", "flink-jar", "flink");
    return child(
        Component.FLINK,
        java(Component.FLINK, classpath, JavaCommand.FLINK_OPENS)
            .runChild("dev.millrace.deploy.flink.LocalFlink", arguments),
        readiness(Component.FLINK));
  }

  private ChildSpec retrain(Path pipeline) {
    var classpath = config.distribution().classpath("deploy");
    return child(
        Component.RETRAIN,
        java(Component.RETRAIN, classpath, List.of())
            .runHeldChild(
                "dev.millrace.deploy.retrain.RetrainMain",
                serviceArguments(Component.RETRAIN, pipeline)),
        readiness(Component.RETRAIN));
  }

  private List<String> serviceArguments(Component service, Path pipeline) {
    return List.of(
        "--pipeline=" + pipeline,
        "--bootstrap-servers=" + endpoints.bootstrapServers(),
        "--registry=" + endpoints.registryUrl(),
        "--ops-port=" + endpoints.port(service));
  }

  private String stateDir(Component service) {
    return "--state-dir=" + workDir.directory(service.label());
  }

  private ReadinessProbe readiness(Component component) {
    return ReadinessProbe.http(endpoints.ops(component).resolve("/health/ready"));
  }

  private JavaCommand java(Component component, String classpath, List<String> furtherFlags) {
    var flags = new ArrayList<>(component.jvmFlags(Runtime.getRuntime().availableProcessors()));
    flags.add("-XX:+ExitOnOutOfMemoryError");
    flags.add(
        "-XX:ErrorFile=" + workDir.directory("logs").resolve(component.label() + "-fatal.log"));
    flags.add("-Djava.io.tmpdir=" + workDir.temporary());
    flags.add("-Djava.awt.headless=true");
    flags.add("-Dlogback.configurationFile=" + config.distribution().serviceLogging());
    flags.addAll(furtherFlags);
    flags.addAll(config.jvmFlags().getOrDefault(component, List.of()));
    return JavaCommand.withHeap(component.heapMegabytes(), flags, classpath);
  }

  private ChildSpec child(Component component, List<String> command, ReadinessProbe readiness) {
    return new ChildSpec(
        component.label(),
        command,
        workDir.directory(component.label()),
        workDir.log(component),
        readiness,
        START_TIMEOUT);
  }

  private static void write(Path file, Map<String, String> settings) {
    try {
      Files.write(
          file, settings.entrySet().stream().map(s -> s.getKey() + "=" + s.getValue()).toList());
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written", e);
    }
  }
}
