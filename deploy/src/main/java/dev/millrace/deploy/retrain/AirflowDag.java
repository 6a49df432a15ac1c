package dev.millrace.deploy.retrain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.schemas.pipeline.Credentials;
import dev.millrace.schemas.pipeline.TriggerCall.Airflow;
import dev.millrace.schemas.pipeline.TriggerCall.Api;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/**
 * A DAG of Airflow, of which a trigger starts a run. The trigger's id is the {@code dag_run_id},
 * which is unique in a DAG: Airflow answers 409 to a second one. The trigger is the run's {@code
 * conf}.
 *
 * <p>The API v2 accepts only tokens that Airflow has issued, which are valid for a day by default.
 * With user and password a token is requested at {@code /auth/token}, and requested again when it
 * is not accepted any more.
 *
 * @see <a href="https://airflow.apache.org/docs/apache-airflow/2.10.5/stable-rest-api-ref.html">API
 *     v1, operation post_dag_run</a>
 * @see <a href="https://airflow.apache.org/docs/apache-airflow/stable/stable-rest-api-ref.html">API
 *     v2, operation trigger_dag_run</a>
 * @see <a href="https://airflow.apache.org/docs/apache-airflow/stable/security/api.html">tokens</a>
 */
final class AirflowDag implements Receiver {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final URI runs;
  private final URI tokens;
  private final boolean isV2;
  private final Authorization authorization;
  private final Secrets secrets;
  private final HttpCaller http;
  private @Nullable String issued;

  /** A token, or why there is none. */
  private record Token(@Nullable String header, @Nullable CallResult problem) {}

  AirflowDag(
      String base, Airflow airflow, Authorization authorization, Secrets secrets, HttpCaller http) {
    String root = base.replaceAll("/+$", "");
    this.isV2 = airflow.api() == Api.V2;
    this.runs =
        URI.create("%s/api/%s/dags/%s/dagRuns".formatted(root, isV2 ? "v2" : "v1", airflow.dag()));
    this.tokens = URI.create(root + "/auth/token");
    this.authorization = authorization;
    this.secrets = secrets;
    this.http = http;
  }

  @Override
  public CallResult call(String id, ObjectNode trigger) throws InterruptedException {
    String body = body(id, trigger);
    URI called = runs;
    try {
      boolean isOldToken = issued != null;
      called = tokens;
      Token token = token();
      if (token.problem() != null) {
        return token.problem();
      }
      called = runs;
      HttpResponse<String> response = start(body, token.header());
      if (isOldToken && response.statusCode() == HttpCaller.UNAUTHORIZED) {
        issued = null;
        return call(id, trigger);
      }
      return response.statusCode() == HttpCaller.CONFLICT
          ? new CallResult.Known()
          : http.result(response, authorization);
    } catch (SecretException e) {
      return new CallResult.Failed(String.valueOf(e.getMessage()), null);
    } catch (IOException e) {
      return HttpCaller.failed(called, e, authorization);
    }
  }

  private String body(String id, ObjectNode trigger) {
    ObjectNode body = JSON.createObjectNode().put("dag_run_id", id);
    if (isV2) {
      // The field is required. Null: the run is of no date, so that it cannot be the second of one.
      body.putNull("logical_date");
    }
    body.set("conf", trigger);
    return body.toString();
  }

  private HttpResponse<String> start(String body, @Nullable String header)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpCaller.post(runs, body);
    if (header != null) {
      request.header("Authorization", header);
    }
    return http.send(request.build());
  }

  private Token token() throws SecretException, IOException, InterruptedException {
    if (!isV2 || !(authorization.credentials() instanceof Credentials.Login login)) {
      return new Token(authorization.header(), null);
    }
    if (issued == null) {
      String body =
          JSON.createObjectNode()
              .put("username", login.user())
              .put("password", secrets.read(login.password()))
              .toString();
      HttpResponse<String> response = http.send(HttpCaller.post(tokens, body).build());
      if (!HttpCaller.isSuccess(response)) {
        return new Token(null, waiting(http.result(response, authorization)));
      }
      issued = issued(response.body());
      if (issued == null) {
        String problem = "%s answered without a token; is this Airflow 3?".formatted(tokens);
        return new Token(null, new CallResult.Failed(problem, null));
      }
      secrets.remember(issued);
    }
    return new Token(Authorization.bearer(issued), null);
  }

  /**
   * The answer to a login is never one about the trigger, so the trigger is not given up for it.
   */
  private static CallResult waiting(CallResult result) {
    return result instanceof CallResult.Refused refused
        ? new CallResult.Failed(refused.reason(), null)
        : result;
  }

  /** The first auth managers of Airflow 3 wrote {@code jwt_token}. */
  private static @Nullable String issued(String answer) {
    try {
      JsonNode json = JSON.readTree(answer);
      String token = json.path("access_token").asText(json.path("jwt_token").asText(""));
      return token.matches("[!-~]+") ? token : null;
    } catch (IOException e) {
      return null;
    }
  }
}
