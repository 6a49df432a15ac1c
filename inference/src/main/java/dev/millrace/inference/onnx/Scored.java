package dev.millrace.inference.onnx;

/** The result of a model call. An invalid output is a value, not an exception. */
public sealed interface Scored {

  /**
   * The model's score.
   *
   * @param value a finite number
   */
  record Score(double value) implements Scored {}

  /**
   * No score.
   *
   * @param detail the reason, as text
   */
  record Rejected(Cause cause, String detail) implements Scored {}

  /** Why there is no score. */
  enum Cause {
    /** The score is NaN or infinite. */
    NOT_FINITE,
    /** The output does not have the element that the pipeline names. */
    SHAPE,
    /** A tensor cannot hold its input, such as a missing value in an int64 tensor. */
    INPUT,
    /** ONNX Runtime could not run the model on these inputs. */
    FAILED
  }
}
