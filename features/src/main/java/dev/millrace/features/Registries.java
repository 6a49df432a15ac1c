package dev.millrace.features;

import dev.millrace.schemas.registry.Registry;
import java.io.Serializable;
import java.time.Duration;

/** How a task reaches the schema registry. It travels to the task, where the client is made. */
interface Registries extends Serializable {
  /**
   * How long a task waits for the registry before it fails and the job starts again from its
   * checkpoint: half of Flink's default time-out of a checkpoint (10 min), which waits behind it.
   */
  Duration PATIENCE = Duration.ofMinutes(5);

  Registry connect();

  static Registries http(String url) {
    return () -> Registry.http(url).caching().retrying(PATIENCE);
  }
}
