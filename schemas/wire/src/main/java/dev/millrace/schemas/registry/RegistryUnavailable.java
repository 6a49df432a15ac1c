package dev.millrace.schemas.registry;

/**
 * The schema registry did not answer, or answered with an error of its own. Callers wait and retry;
 * they never reject a record because of it.
 */
public final class RegistryUnavailable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public RegistryUnavailable(String message) {
    super(message);
  }

  public RegistryUnavailable(String message, Throwable cause) {
    super(message, cause);
  }
}
