package dev.millrace.schemas.service;

import java.io.IOException;

/**
 * Command line options (a picocli mixin) that select the cluster a command connects to. {@link
 * ConnectionOptions} is the default implementation; a command line that can look up a running
 * platform has its own.
 */
public interface ClusterOptions {
  /**
   * The selected cluster.
   *
   * @throws IOException if a file of client settings cannot be read
   */
  Cluster cluster() throws IOException;
}
