package dev.millrace.schemas.flink.source;

import dev.millrace.schemas.registry.Registry;
import java.io.Serializable;
import java.time.Duration;

/**
 * Makes the client by which a task reads the schema registry. The factory is sent to the task; the
 * client is made there.
 */
public interface RegistryFactory extends Serializable {
  Registry connect();

  /**
   * Clients over HTTP that retry.
   *
   * @param retryTimeout after which a task fails, and the job restarts from its checkpoint
   */
  static RegistryFactory http(String url, Duration retryTimeout) {
    return () -> Registry.http(url).caching().retrying(retryTimeout);
  }
}
