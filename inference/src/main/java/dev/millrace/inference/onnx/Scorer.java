package dev.millrace.inference.onnx;

import org.jspecify.annotations.Nullable;

/** Scores one event after another. For one thread. */
public interface Scorer extends AutoCloseable {

  /**
   * The inputs as the model sees them: numbers rounded to the precision of its tensors, of the same
   * Java types as they were given. To score these is to score the inputs themselves.
   *
   * @param inputs as for {@link #score}
   */
  default @Nullable Object[] seen(@Nullable Object[] inputs) {
    return inputs;
  }

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
