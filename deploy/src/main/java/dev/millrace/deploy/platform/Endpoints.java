package dev.millrace.deploy.platform;

import java.net.URI;
import java.util.Map;

/**
 * Where the platform's parts listen, all of them on loopback.
 *
 * @param ports of each part
 * @param controllerPort of the broker's KRaft controller
 * @param flinkRestPort of the Flink cluster
 */
public record Endpoints(Map<Component, Integer> ports, int controllerPort, int flinkRestPort) {
  public Endpoints {
    ports = Map.copyOf(ports);
  }

  /** For Kafka clients: {@code 127.0.0.1:9092}. */
  public String bootstrapServers() {
    return "127.0.0.1:" + port(Component.BROKER);
  }

  /** The registry's Confluent API. */
  public String registryUrl() {
    return "http://127.0.0.1:" + port(Component.REGISTRY) + "/apis/ccompat/v7";
  }

  /** Where a service serves /metrics, /health/live and /health/ready. */
  public URI ops(Component part) {
    return URI.create("http://127.0.0.1:" + port(part));
  }

  /** The part's port. */
  public int port(Component part) {
    var port = ports.get(part);
    if (port == null) {
      throw new IllegalArgumentException("this platform has no " + part.label());
    }
    return port;
  }
}
