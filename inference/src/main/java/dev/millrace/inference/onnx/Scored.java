package dev.millrace.inference.onnx;

/** What a model call gave. A model that answers with nonsense is data, not an exception. */
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
   * @param detail what was wrong, for people
   */
  record Rejected(Cause cause, String detail) implements Scored {}

  /** Why there is no score. */
  enum Cause {
    /** The score is NaN or infinite. */
    NOT_FINITE,
    /** The output does not have the element that the pipeline names. */
    SHAPE,
    /** An input is one that its tensor cannot hold, such as a missing value in an int64 tensor. */
    INPUT,
    /** ONNX Runtime could not run the model on these inputs. */
    FAILED
  }
}
