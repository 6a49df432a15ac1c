package dev.millrace.ingest.producer.publish;

/** The broker did not accept a record, so the stream of records sent has a gap. */
public final class PublishException extends RuntimeException {
  private static final long serialVersionUID = 1;

  PublishException(String message, Throwable cause) {
    super(message, cause);
  }
}
