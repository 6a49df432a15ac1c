package dev.millrace.deploy.platform;

import java.net.URI;
import java.util.Map;

/**
 * The ports of the components, all on the loopback interface.
 *
 * @param ports of each component
 * @param controllerPort of the KRaft controller in the broker
 * @param flinkRestPort of the Flink cluster
 * @param featuresPort of the feature reads of inference
 */
public record Endpoints(
    Map<Component, Integer> ports, int controllerPort, int flinkRestPort, int featuresPort) {
  public Endpoints {
    ports = Map.copyOf(ports);
  }

  /** For Kafka clients: {@code 127.0.0.1:9092}. */
  public String bootstrapServers() {
    return "127.0.0.1:" + port(Component.BROKER);
  }

  /** The URL of the registry, Confluent API. */
  public String registryUrl() {
    return "http://127.0.0.1:" + port(Component.REGISTRY) + "/apis/ccompat/v7";
  }

  /** The base URL of /metrics, /health/live and /health/ready of a service. */
  public URI ops(Component component) {
    return URI.create("http://127.0.0.1:" + port(component));
  }

  /** The base URL of Flink's REST API. */
  public URI flinkRest() {
    return URI.create("http://127.0.0.1:" + flinkRestPort);
  }

  /** The base URL of the feature reads of inference. */
  public URI features() {
    return URI.create("http://127.0.0.1:" + featuresPort + "/features");
  }

  /** The port of a component. */
  public int port(Component component) {
    var port = ports.get(component);
    if (port == null) {
      throw new IllegalArgumentException("this platform has no " + component.label());
    }
    return port;
  }
}
