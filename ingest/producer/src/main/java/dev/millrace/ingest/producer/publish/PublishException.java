package dev.millrace.ingest.producer.publish;

/** Not all records were sent: the stream of those sent ends early. */
public final class PublishException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** A message for the user, without a cause. */
  public PublishException(String message) {
    super(message);
  }

  /** A message for the user, with its cause. */
  public PublishException(String message, Throwable cause) {
    super(message, cause);
  }
}
