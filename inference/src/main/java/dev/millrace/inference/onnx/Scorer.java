package dev.millrace.inference.onnx;

import org.jspecify.annotations.Nullable;

/** Scores one event after another. For one thread. */
public interface Scorer extends AutoCloseable {

  /**
   * Scores one event.
   *
   * @param inputs the pipeline's inputs in their order: a {@link Number}, {@link String} or {@link
   *     Boolean}, or null where a value is missing
   */
  Scored score(@Nullable Object[] inputs);

  @Override
  void close();
}
