package dev.millrace.deploy.retrain;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.regex.Pattern;

/**
 * A URL that receives the trigger itself. The trigger's id is the header {@code Idempotency-Key}, a
 * string of structured fields. A receiver answers a repeated call with 2xx, and with 409 while it
 * still processes the first one.
 *
 * @see <a href="https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/">The
 *     Idempotency-Key HTTP header field</a>
 */
final class Webhook implements Receiver {
  /** What a string of structured fields may contain without an escape (RFC 9651, 3.3.3). */
  private static final Pattern ID = Pattern.compile("[ !#-\\[\\]-~]+");

  private final URI uri;
  private final Authorization authorization;
  private final HttpCaller http;

  Webhook(URI uri, Authorization authorization, HttpCaller http) {
    this.uri = uri;
    this.authorization = authorization;
    this.http = http;
  }

  @Override
  public CallResult call(String id, ObjectNode trigger) throws InterruptedException {
    if (!ID.matcher(id).matches()) {
      return new CallResult.Refused("the id cannot be sent in a header");
    }
    try {
      HttpRequest.Builder request =
          HttpCaller.post(uri, trigger.toString()).header("Idempotency-Key", "\"" + id + "\"");
      String header = authorization.header();
      if (header != null) {
        request.header("Authorization", header);
      }
      return http.result(http.send(request.build()), authorization);
    } catch (SecretException e) {
      return new CallResult.Failed(String.valueOf(e.getMessage()), null);
    } catch (IOException e) {
      return HttpCaller.failed(uri, e, authorization);
    }
  }
}
