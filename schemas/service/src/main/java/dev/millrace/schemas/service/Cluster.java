package dev.millrace.schemas.service;

import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;

/**
 * A Kafka cluster and its schema registry.
 *
 * @param clientSettings settings of every Kafka client, including the bootstrap servers
 * @param registryUrl base URL of the schema registry, Confluent API
 */
public record Cluster(Properties clientSettings, String registryUrl) {
  /** The brokers, as {@code host:port,host:port}. */
  public String bootstrapServers() {
    return clientSettings.getProperty(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG);
  }
}
