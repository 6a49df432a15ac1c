package dev.millrace.deploy.process;

import java.io.Serial;

/** The platform cannot start or go on; the message says what, where, and how to mend it. */
public final class PlatformException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  public PlatformException(String message) {
    super(message);
  }

  public PlatformException(String message, Throwable cause) {
    super(message, cause);
  }
}
