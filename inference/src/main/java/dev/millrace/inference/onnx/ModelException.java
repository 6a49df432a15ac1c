package dev.millrace.inference.onnx;

/** The model cannot be used for this pipeline: a configuration error that stops the start. */
public final class ModelException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ModelException(String message) {
    super(message);
  }

  public ModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
