package dev.millrace.deploy.retrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schemas.pipeline.Credentials;
import dev.millrace.schemas.pipeline.Secret;
import dev.millrace.schemas.pipeline.TriggerCall;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SecretsTest {
  private static final Secret TOKEN = new Secret.OfEnvironment("TOKEN");

  @Test
  void whiteSpaceAroundIsNotPartOfIt() throws Exception {
    assertThat(new Secrets(Map.of("TOKEN", " abc \r\n")).read(TOKEN)).isEqualTo("abc");
  }

  @Test
  void messagesNameThePlaceAndNeverTheSecret() {
    assertProblem(Map.of(), "the environment variable TOKEN is not set");
    assertProblem(Map.of("TOKEN", " \n"), "the environment variable TOKEN is empty");
    assertProblem(Map.of("TOKEN", "s3cret\nX-Header: a"), "not printable ASCII");
  }

  @Test
  void aMissingSecretFailsTheStart() {
    TriggerCall call =
        new TriggerCall(
            "http://localhost/", null, new Credentials.Token(TOKEN), Duration.ofDays(7));
    assertThatThrownBy(
            () -> Receivers.of(call, new Secrets(Map.of()), new HttpCaller(InstantSource.system())))
        .isInstanceOf(SecretException.class)
        .hasMessageContaining("TOKEN is not set; set it, or change retrain.call");
  }

  private static void assertProblem(Map<String, String> environment, String message) {
    assertThatThrownBy(() -> new Secrets(environment).read(TOKEN))
        .isInstanceOf(SecretException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("s3cret");
  }
}
