package dev.millrace.deploy.doctor.facts;

import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;

/** The reason why something could not be read, in a few words. */
final class Reasons {
  private Reasons() {}

  static String of(Throwable failure) {
    Throwable cause =
        failure instanceof ExecutionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof AuthorizationException) {
      return "this principal may not read it (%s)".formatted(cause.getMessage());
    }
    if (cause instanceof TimeoutException) {
      return "Kafka does not answer";
    }
    return "%s (%s)".formatted(cause.getMessage(), cause.getClass().getSimpleName());
  }
}
