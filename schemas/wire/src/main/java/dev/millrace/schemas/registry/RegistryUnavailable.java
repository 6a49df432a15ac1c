package dev.millrace.schemas.registry;

/**
 * The schema registry did not answer, or answered that it cannot: a reason to wait, never a reason
 * to reject data.
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
