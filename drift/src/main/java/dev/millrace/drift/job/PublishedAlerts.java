package dev.millrace.drift.job;

import dev.millrace.schemas.avro.Alert;
import java.io.Serializable;
import java.util.List;

/** The newest alert of each key that has been published, read when the monitor starts. */
@FunctionalInterface
public interface PublishedAlerts extends Serializable {
  /** Where nothing has been published. */
  PublishedAlerts NONE = List::of;

  /**
   * Reads them.
   *
   * @throws Exception if they cannot be read: the job restarts
   */
  List<Alert> read() throws Exception;
}
