package dev.millrace.schemas.pipeline.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schemas.pipeline.Credentials;
import dev.millrace.schemas.pipeline.Secret;
import dev.millrace.schemas.pipeline.TriggerCall;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TriggerCallTest {
  private final Path directory;

  TriggerCallTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void isNotMadeWithoutTheKey() {
    assertThat(Objects.requireNonNull(Flights.load(directory, Flights.yaml()).retrain()).call())
        .isNull();
  }

  @Test
  void ofAWebhook() {
    assertThat(call("{url: 'https://hooks.example.com/retrain?team=a', token: {env: TOKEN}}"))
        .isEqualTo(
            new TriggerCall(
                "https://hooks.example.com/retrain?team=a",
                null,
                new Credentials.Token(new Secret.OfEnvironment("TOKEN")),
                Duration.ofDays(7)));
  }

  @Test
  void ofAirflow() {
    String call =
        "{url: 'http://airflow:8080', airflow: {dag: retrain_fraud, api: v1}, login: {user: millrace, password: {file: keys/airflow}}, max_age: 12h}";
    assertThat(call(call))
        .isEqualTo(
            new TriggerCall(
                "http://airflow:8080",
                new TriggerCall.Airflow("retrain_fraud", TriggerCall.Api.V1),
                new Credentials.Login(
                    "millrace", new Secret.OfFile(directory.resolve("keys/airflow").toString())),
                Duration.ofHours(12)));
  }

  @Test
  void usesTheApiOfAirflow3() {
    TriggerCall call = call("{url: 'http://airflow:8080', airflow: {dag: retrain}}");
    assertThat(Objects.requireNonNull(call.airflow()).api()).isEqualTo(TriggerCall.Api.V2);
    assertThat(call.credentials()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{token: {env: T}}| retrain.call.url: missing",
        "{url: 'ftp://h/'}| retrain.call.url: 'ftp://h/' is not valid; expected a URL with http or https, without user and password",
        "{url: 'http://me:secret@h/'}| is not valid; expected a URL with http or https, without user and password",
        "{url: 'http://a_b:x/'}| retrain.call.url: 'http://a_b:x/' names no host",
        "{url: 'http://h/%zz'}| retrain.call.url: 'http://h/%zz' is not valid: Malformed escape pair",
        "{url: 'http://h/?a=b', airflow: {dag: d}}| retrain.call.url: 'http://h/?a=b' has a query; expected the base URL of Airflow",
        "{url: 'http://h/', airflow: {api: v2}}| retrain.call.airflow.dag: missing",
        "{url: 'http://h/', airflow: {dag: d, api: v3}}| retrain.call.airflow.api: unknown api 'v3'",
        "{url: 'http://h/', token: secret}| retrain.call.token: is a single value",
        "{url: 'http://h/', token: {}}| retrain.call.token: has neither; expected env: VARIABLE, or file: PATH",
        "{url: 'http://h/', token: {env: A, file: b}}| retrain.call.token: has both",
        "{url: 'http://h/', login: {user: u}}| retrain.call.login.password: missing",
        "{url: 'http://h/', token: {env: A}, login: {user: u, password: {env: B}}}| retrain.call.login: there is a token, too; expected a token or a login, not both",
        "{url: 'http://h/', max_age: 0s}| retrain.call.max_age: is zero"
      })
  void mistakesAreReported(String call, String message) {
    assertThatThrownBy(() -> call(call))
        .isInstanceOf(PipelineException.class)
        .hasMessageContaining(message);
  }

  private TriggerCall call(String call) {
    String yaml = Flights.with("min_labels: 5000", "min_labels: 5000, call: " + call);
    @Nullable TriggerCall read =
        Objects.requireNonNull(Flights.load(directory, yaml).retrain()).call();
    return Objects.requireNonNull(read);
  }
}
