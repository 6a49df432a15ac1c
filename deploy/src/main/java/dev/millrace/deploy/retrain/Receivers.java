package dev.millrace.deploy.retrain;

import dev.millrace.schemas.pipeline.Credentials;
import dev.millrace.schemas.pipeline.TriggerCall;
import java.net.URI;

/** Makes the receiver that a pipeline file names. */
final class Receivers {
  private Receivers() {}

  /**
   * The receiver of a call.
   *
   * @throws SecretException if its password or token cannot be read
   */
  static Receiver of(TriggerCall call, Secrets secrets, HttpCaller http) throws SecretException {
    if (call.credentials() instanceof Credentials.Token token) {
      secrets.read(token.token());
    } else if (call.credentials() instanceof Credentials.Login login) {
      secrets.read(login.password());
    }
    Authorization authorization = new Authorization(call.credentials(), secrets);
    return call.airflow() == null
        ? new Webhook(URI.create(call.url()), authorization, http)
        : new AirflowDag(call.url(), call.airflow(), authorization, secrets, http);
  }
}
