package dev.millrace.deploy.retrain;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.schemas.pipeline.Credentials;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The header {@code Authorization} of credentials, read again at each call.
 *
 * @param credentials null: none are sent
 */
record Authorization(@Nullable Credentials credentials, Secrets secrets) {

  /**
   * The value of the header; null if none is sent.
   *
   * @throws SecretException if a password or token cannot be read
   */
  @Nullable String header() throws SecretException {
    if (credentials instanceof Credentials.Token token) {
      return bearer(secrets.read(token.token()));
    }
    if (credentials instanceof Credentials.Login login) {
      String pair = login.user() + ":" + secrets.read(login.password());
      String encoded = Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
      secrets.remember(encoded);
      return "Basic " + encoded;
    }
    return null;
  }

  static String bearer(String token) {
    return "Bearer " + token;
  }

  /** What to check if the receiver does not accept the credentials. */
  String place() {
    if (credentials instanceof Credentials.Token token) {
      return "check the token, " + Secrets.name(token.token());
    }
    if (credentials instanceof Credentials.Login login) {
      return "check user %s and the password, %s"
          .formatted(login.user(), Secrets.name(login.password()));
    }
    return "retrain.call has neither a token nor a login";
  }
}
