package dev.millrace.deploy.process;

import java.io.Serial;

/** A process or the platform cannot start or continue; the message says how to fix it. */
public final class PlatformException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  public PlatformException(String message) {
    super(message);
  }

  public PlatformException(String message, Throwable cause) {
    super(message, cause);
  }
}
