package dev.millrace.deploy.retrain;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.deploy.retrain.TestReceiver.Answer;
import dev.millrace.deploy.retrain.TestReceiver.Request;
import dev.millrace.schemas.pipeline.Credentials;
import dev.millrace.schemas.pipeline.Secret;
import dev.millrace.schemas.pipeline.TriggerCall;
import dev.millrace.schemas.pipeline.TriggerCall.Airflow;
import dev.millrace.schemas.pipeline.TriggerCall.Api;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AirflowDagTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ID = "9b2f6a1c-1111-3333-8888-000000000001";
  private static final ObjectNode TRIGGER = JSON.createObjectNode().put("model", "refund");
  private static final Credentials LOGIN =
      new Credentials.Login("millrace", new Secret.OfEnvironment("PASSWORD"));

  /** An Airflow 3 that starts runs, with tokens that can expire. */
  private static final class Airflow3 {
    final Set<String> runs = new HashSet<>();
    int issued;

    Answer answer(Request request) {
      JsonNode body = read(request.body());
      if (request.path().equals("/air/auth/token")) {
        boolean isUser = body.path("password").asText().equals("right");
        return isUser
            ? new Answer(201, Map.of(), "{\"access_token\": \"jwt" + ++issued + "\"}")
            : new Answer(401, Map.of(), "{\"detail\": \"Invalid credentials\"}");
      }
      if (!("Bearer jwt" + issued).equals(request.header("Authorization"))) {
        return Answer.of(401);
      }
      // Airflow's model forbids further fields, and requires logical_date, which may be null.
      if (!body.has("logical_date") || !body.path("logical_date").isNull() || body.size() != 3) {
        return Answer.of(422);
      }
      return Answer.of(runs.add(body.path("dag_run_id").asText()) ? 200 : 409);
    }
  }

  @Test
  void apiV1StartsARunWithBasicAuthentication() throws Exception {
    try (TestReceiver server = new TestReceiver(TestReceiver.statuses(200))) {
      Receiver dag = dag(server.url(), Api.V1, LOGIN, "right");
      assertThat(dag.call(ID, TRIGGER)).isEqualTo(new CallResult.Accepted(200));

      Request request = server.requests().get(0);
      assertThat(request.path()).isEqualTo("/api/v1/dags/retrain_refund/dagRuns");
      assertThat(request.header("Authorization")).isEqualTo("Basic bWlsbHJhY2U6cmlnaHQ=");
      assertThat(read(request.body()))
          .isEqualTo(read("{\"dag_run_id\": \"" + ID + "\", \"conf\": {\"model\": \"refund\"}}"));
    }
  }

  @Test
  void aSecondRunWithTheSameIdIsKnown() throws Exception {
    Airflow3 airflow = new Airflow3();
    try (TestReceiver server = new TestReceiver(airflow::answer)) {
      Receiver dag = dag(server.url() + "/air/", Api.V2, LOGIN, "right");
      assertThat(dag.call(ID, TRIGGER)).isEqualTo(new CallResult.Accepted(200));
      assertThat(dag.call(ID, TRIGGER)).isEqualTo(new CallResult.Known());
      assertThat(airflow.runs).containsExactly(ID);
      assertThat(server.requests())
          .extracting(Request::path)
          .containsExactly(
              "/air/auth/token",
              "/air/api/v2/dags/retrain_refund/dagRuns",
              "/air/api/v2/dags/retrain_refund/dagRuns");
    }
  }

  @Test
  void aTokenThatHasExpiredIsRequestedAgain() throws Exception {
    Airflow3 airflow = new Airflow3();
    try (TestReceiver server = new TestReceiver(airflow::answer)) {
      Receiver dag = dag(server.url() + "/air", Api.V2, LOGIN, "right");
      dag.call("first", TRIGGER);
      // Another client's token makes that of this one invalid here.
      airflow.issued++;
      assertThat(dag.call(ID, TRIGGER)).isEqualTo(new CallResult.Accepted(200));
      assertThat(airflow.runs).containsExactlyInAnyOrder("first", ID);
    }
  }

  /** FastAPI, of which Airflow 3 is made, repeats what it does not accept. */
  @Test
  void noAnswerToALoginIsAboutTheTriggerOrShowsThePassword() throws Exception {
    for (int status : new int[] {400, 401, 404, 409, 422, 502}) {
      try (TestReceiver server =
          new TestReceiver(request -> new Answer(status, Map.of(), request.body()))) {
        Receiver dag = dag(server.url(), Api.V2, LOGIN, "wr\"ng");
        assertThat(dag.call(ID, TRIGGER))
            .isInstanceOf(CallResult.Failed.class)
            .asString()
            .contains("/auth/token answered " + status, "\"password\":\"***\"")
            .doesNotContain("ng\"");
        assertThat(server.requests()).hasSize(1);
      }
    }
  }

  @Test
  void aWrongPasswordSaysWhatToCheck() throws Exception {
    Airflow3 airflow = new Airflow3();
    try (TestReceiver server = new TestReceiver(airflow::answer)) {
      Receiver dag = dag(server.url() + "/air", Api.V2, LOGIN, "wrong");
      assertThat(dag.call(ID, TRIGGER))
          .isInstanceOf(CallResult.Failed.class)
          .asString()
          .contains("Invalid credentials", "check user millrace and the password");
    }
  }

  @Test
  void theTokenThatAirflowIssuedIsNotShown() throws Exception {
    Function<Request, Answer> echo =
        request ->
            request.path().equals("/auth/token")
                ? new Answer(201, Map.of(), "{\"access_token\": \"issued\"}")
                : new Answer(400, Map.of(), String.valueOf(request.header("Authorization")));
    try (TestReceiver server = new TestReceiver(echo)) {
      assertThat(dag(server.url(), Api.V2, LOGIN, "right").call(ID, TRIGGER))
          .asString()
          .contains("answered 400: Bearer ***]");
      assertThat(dag(server.url(), Api.V1, LOGIN, "right").call(ID, TRIGGER))
          .asString()
          .contains("answered 400: Basic ***]");
    }
  }

  @Test
  void aTokenOfAFileIsReadAtEachCall(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("token"), "one\n");
    Credentials token = new Credentials.Token(new Secret.OfFile(file.toString()));
    try (TestReceiver server = new TestReceiver(TestReceiver.statuses(200))) {
      Receiver dag = dag(server.url(), Api.V2, token, "");
      dag.call("first", TRIGGER);
      Files.writeString(file, "two\n");
      dag.call(ID, TRIGGER);
      assertThat(server.requests())
          .extracting(request -> request.header("Authorization"))
          .isEqualTo(List.of("Bearer one", "Bearer two"));

      Files.delete(file);
      assertThat(dag.call(ID, TRIGGER))
          .asString()
          .contains("Failed", "the file " + file + " cannot be read (NoSuchFileException)");
    }
  }

  @Test
  void aDagWithErrorsIsRefused() throws Exception {
    try (TestReceiver server =
        new TestReceiver(
            request -> new Answer(400, Map.of(), "{\"detail\":\n \"import errors\"}"))) {
      Receiver dag = dag(server.url(), Api.V2, null, "");
      assertThat(dag.call(ID, TRIGGER))
          .isEqualTo(
              new CallResult.Refused(
                  server.url()
                      + "/api/v2/dags/retrain_refund/dagRuns answered 400: {\"detail\": \"import errors\"}"));
    }
  }

  private static Receiver dag(
      String url, Api api, @Nullable Credentials credentials, String password)
      throws SecretException {
    TriggerCall call =
        new TriggerCall(url, new Airflow("retrain_refund", api), credentials, Duration.ofDays(7));
    return Receivers.of(
        call, new Secrets(Map.of("PASSWORD", password)), new HttpCaller(InstantSource.system()));
  }

  private static JsonNode read(String json) {
    try {
      return JSON.readTree(json);
    } catch (IOException e) {
      throw new IllegalArgumentException(json, e);
    }
  }
}
