package dev.millrace.schemas.pipeline;

import java.io.Serializable;

/** Where a process finds a password or token, which is never in the pipeline file itself. */
public sealed interface Secret extends Serializable {

  /**
   * An environment variable of the process.
   *
   * @param variable its name
   */
  record OfEnvironment(String variable) implements Secret {}

  /**
   * A file, read again at each use, so that it can be replaced while the process runs.
   *
   * @param path absolute
   */
  record OfFile(String path) implements Secret {}
}
