package dev.millrace.deploy.retrain;

/** A password or token cannot be read; the message says which, where, and how to fix it. */
final class SecretException extends Exception {
  private static final long serialVersionUID = 1;

  SecretException(String message) {
    super(message);
  }
}
