package dev.millrace.deploy.platform;

import dev.millrace.deploy.process.ChildSpec;
import dev.millrace.deploy.process.ReadinessProbe;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Knows how each part is started. */
final class ProcessSpecs {
  private static final String LEASH = "dev.millrace.deploy.child.ParentWatch";

  /** Many times what a start takes, for machines that do much else. */
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** Identifies the cluster in its storage; any UUID does, and a fixed one lets restarts agree. */
  private static final String CLUSTER_ID = "bWlsbHJhY2UtbG9jYWwtMQ";

  /** Flink reads and clones classes of these packages by reflection. */
  private static final List<String> FLINK_OPENS =
      List.of(
          "--add-opens=java.base/java.util=ALL-UNNAMED",
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/java.time=ALL-UNNAMED");

  private final PlatformConfig config;
  private final WorkDir workDir;
  private final Endpoints endpoints;

  ProcessSpecs(PlatformConfig config, WorkDir workDir, Endpoints endpoints) {
    this.config = config;
    this.workDir = workDir;
    this.endpoints = endpoints;
  }

  ChildSpec spec(Component part) {
    return switch (part) {
      case BROKER -> broker();
      case REGISTRY -> registry();
      case INGEST -> service(part, "dev.millrace.ingest.IngestMain", "run");
      case INFERENCE -> service(part, "dev.millrace.inference.InferenceMain");
      case FLINK -> flink();
    };
  }

  private ChildSpec broker() {
    var directory = workDir.directory("broker");
    var properties = directory.resolve("server.properties");
    write(properties, brokerSettings(directory.resolve("data")));
    return child(
        Component.BROKER,
        jvm(Component.BROKER, config.distribution().classpath("broker"), List.of()),
        List.of(LEASH, "dev.millrace.deploy.broker.BrokerMain", properties.toString(), CLUSTER_ID),
        ReadinessProbe.broker(endpoints.port(Component.BROKER)));
  }

  /** What differs from Kafka's defaults, which are made for a cluster of large machines. */
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
    // A replay's records carry the time of their events; by default they would be deleted as old.
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
    // A file rather than memory, and no delay between an answer and its way to the disk.
    settings.put(
        "apicurio.datasource.url",
        "jdbc:h2:file:" + database + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE");
    // By default it opens twenty connections to each of three databases before it answers.
    for (var source : List.of("", "blue.", "green.")) {
      settings.put("apicurio.datasource." + source + "jdbc.initial-size", "0");
      settings.put("apicurio.datasource." + source + "jdbc.min-size", "0");
      settings.put("apicurio.datasource." + source + "jdbc.max-size", "10");
    }
    var flags =
        settings.entrySet().stream().map(s -> "-D" + s.getKey() + "=" + s.getValue()).toList();
    var classpath =
        config.distribution().classpath() + ":" + config.distribution().registryRunner();
    return child(
        Component.REGISTRY,
        jvm(Component.REGISTRY, classpath, flags),
        List.of(LEASH, "io.quarkus.runner.GeneratedMain"),
        ReadinessProbe.http(endpoints.ops(Component.REGISTRY).resolve("/health/ready")));
  }

  private ChildSpec service(Component part, String main, String... subcommand) {
    var arguments = new ArrayList<String>(List.of(LEASH, "--hold", main));
    arguments.addAll(List.of(subcommand));
    arguments.addAll(serviceArguments(part));
    return child(
        part,
        jvm(part, config.distribution().classpath(part.label(), "streams"), List.of()),
        arguments,
        readiness(part));
  }

  private ChildSpec flink() {
    var arguments = new ArrayList<String>(List.of(LEASH, "dev.millrace.deploy.flink.LocalFlink"));
    arguments.add("--rest-port=" + endpoints.flinkRestPort());
    arguments.addAll(serviceArguments(Component.FLINK));
    return child(
        Component.FLINK,
        jvm(Component.FLINK, config.distribution().classpath("features", "drift", "flink"), FLINK_OPENS),
        arguments,
        readiness(Component.FLINK));
  }

  private List<String> serviceArguments(Component part) {
    return List.of(
        "--pipeline=" + Objects.requireNonNull(config.pipeline()),
        "--bootstrap-servers=" + endpoints.bootstrapServers(),
        "--registry=" + endpoints.registryUrl(),
        "--state-dir=" + workDir.directory(part.label()),
        "--ops-port=" + endpoints.port(part));
  }

  private ReadinessProbe readiness(Component part) {
    return ReadinessProbe.http(endpoints.ops(part).resolve("/health/ready"));
  }

  private List<String> jvm(Component part, String classpath, List<String> flags) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(part.jvmOptions());
    command.add("-XX:+ExitOnOutOfMemoryError");
    command.add("-XX:ErrorFile=" + workDir.directory("logs").resolve(part.label() + "-fatal.log"));
    command.add("-Djava.io.tmpdir=" + workDir.temporary());
    command.add("-Djava.awt.headless=true");
    command.add("-Dlogback.configurationFile=" + config.distribution().serviceLogging());
    command.addAll(flags);
    command.addAll(config.jvmOptions().getOrDefault(part, List.of()));
    command.add("-cp");
    command.add(classpath);
    return command;
  }

  private ChildSpec child(Component part, List<String> jvm, List<String> arguments, ReadinessProbe ready) {
    var command = new ArrayList<>(jvm);
    command.addAll(arguments);
    return new ChildSpec(
        part.label(),
        command,
        workDir.directory(part.label()),
        workDir.freshLog(part),
        ready,
        PATIENCE);
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
