package dev.millrace.deploy.retrain;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;

/**
 * A URL that receives the trigger itself. The trigger's id is the header {@code Idempotency-Key}, a
 * string of structured fields.
 *
 * @see <a href="https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/">The
 *     Idempotency-Key HTTP header field</a>
 */
final class Webhook implements Receiver {
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
      return HttpCaller.failed(uri, e);
    }
  }
}
