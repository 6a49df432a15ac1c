package dev.millrace.schemas.service;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The addresses of Kafka and the schema registry: options of every command that connects to them.
 */
public final class ConnectionOptions implements ClusterOptions {
  private static final String BOOTSTRAP_SERVERS = "--bootstrap-servers";
  private static final String REGISTRY = "--registry";
  private static final String KAFKA_PROPERTIES = "--kafka-properties";

  private static final String LOCAL_BROKER = "localhost:9092";
  private static final String LOCAL_REGISTRY = "http://localhost:8081";

  @Option(
      names = BOOTSTRAP_SERVERS,
      paramLabel = "HOST:PORT",
      defaultValue = "${env:MILLRACE_BOOTSTRAP_SERVERS}",
      description = {
        "Kafka brokers. Default: MILLRACE_BOOTSTRAP_SERVERS of the environment, the running"
            + " platform of a command with --dir, or "
            + LOCAL_BROKER
            + "."
      })
  private @Nullable String bootstrapServers;

  @Option(
      names = REGISTRY,
      paramLabel = "URL",
      defaultValue = "${env:MILLRACE_REGISTRY}",
      description = {
        "Base URL of the schema registry, Confluent API. Default: MILLRACE_REGISTRY of the"
            + " environment, the running platform of a command with --dir, or "
            + LOCAL_REGISTRY
            + "."
      })
  private @Nullable String registryUrl;

  @Option(
      names = KAFKA_PROPERTIES,
      paramLabel = "FILE",
      description = "Properties file in UTF-8 with client settings, for TLS and SASL.")
  private @Nullable Path kafkaProperties;

  /** Whether brokers are set by option or environment. */
  public boolean namesBrokers() {
    return bootstrapServers != null;
  }

  /** Whether a registry is set by option or environment. */
  public boolean namesRegistry() {
    return registryUrl != null;
  }

  public String bootstrapServers() {
    return Objects.requireNonNullElse(bootstrapServers, LOCAL_BROKER);
  }

  public String registryUrl() {
    return Objects.requireNonNullElse(registryUrl, LOCAL_REGISTRY);
  }

  @Override
  public Cluster cluster() throws IOException {
    return new Cluster(clientProperties(), registryUrl());
  }

  /**
   * The settings of every Kafka client: those of the user's file, in UTF-8, if there is one, and
   * the brokers of the option, which override those of the file.
   *
   * @throws IOException if the file cannot be read
   */
  public Properties clientProperties() throws IOException {
    return clientProperties(bootstrapServers());
  }

  /**
   * The settings of a client of other brokers than those of the option.
   *
   * @throws IOException if the file cannot be read
   */
  public Properties clientProperties(String brokers) throws IOException {
    Properties properties = new Properties();
    if (kafkaProperties != null) {
      try (Reader reader = Files.newBufferedReader(kafkaProperties)) {
        properties.load(reader);
      }
    }
    properties.setProperty(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, brokers);
    return properties;
  }

  /**
   * These options as arguments of another command.
   *
   * @param brokers in place of the option's
   * @param registry in place of the option's
   */
  public List<String> arguments(String brokers, String registry) {
    List<String> arguments = new ArrayList<>();
    arguments.add(BOOTSTRAP_SERVERS + "=" + brokers);
    arguments.add(REGISTRY + "=" + registry);
    if (kafkaProperties != null) {
      arguments.add(KAFKA_PROPERTIES + "=" + kafkaProperties);
    }
    return arguments;
  }
}
