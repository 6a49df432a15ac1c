package dev.millrace.schemas.flink.source;

import dev.millrace.schemas.registry.Registry;
import java.io.Serializable;
import java.time.Duration;

/**
 * Makes the client by which a task reads the schema registry. The factory is serialized and sent to
 * the task, which creates the client.
 */
public interface RegistryFactory extends Serializable {
  Registry connect();

  /**
   * A factory of HTTP clients with retries.
   *
   * @param retryTimeout time of retries after which a task fails and the job restarts from its
   *     checkpoint
   */
  static RegistryFactory http(String url, Duration retryTimeout) {
    return () -> Registry.http(url).caching().retrying(retryTimeout);
  }
}
