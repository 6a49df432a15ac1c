package dev.millrace.deploy.doctor.facts;

import dev.millrace.schemas.service.Cluster;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of an installation.
 *
 * @param services base URL of /health and /metrics by the name of the service; empty: not known
 * @param flink base URL of Flink's REST API; empty: not known
 * @param directory of the local platform; null: another cluster
 */
public record Installation(
    Cluster cluster, Map<String, String> services, String flink, @Nullable Path directory) {
  public Installation {
    services = Map.copyOf(services);
  }
}
