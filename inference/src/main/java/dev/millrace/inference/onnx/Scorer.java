package dev.millrace.inference.onnx;

import org.jspecify.annotations.Nullable;

/** Scores events one by one. For one thread. */
public interface Scorer extends AutoCloseable {

  /**
   * The inputs as the model receives them: numbers rounded to the precision of its tensors, with
   * the same Java types. They have the same score as the original inputs.
   *
   * @param inputs as for {@link #score}
   */
  default @Nullable Object[] asReceived(@Nullable Object[] inputs) {
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
