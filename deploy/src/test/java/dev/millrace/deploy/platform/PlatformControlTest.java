package dev.millrace.deploy.platform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.deploy.process.PlatformException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlatformControlTest {
  private final List<String> calls = new ArrayList<>();
  private final Path definition;
  private final PlatformControl control = new PlatformControl(new Recorded());

  PlatformControlTest(@TempDir Path directory) throws Exception {
    definition = Files.writeString(directory.resolve("pipeline.yaml"), "name: p");
  }

  /** Records the calls; ingest does not become ready. */
  private final class Recorded implements PlatformControl.Services {
    @Override
    public Duration replace(Component service, Path file) {
      calls.add("replace " + service.label());
      if (service == Component.INGEST) {
        throw new PlatformException("ingest exited unexpectedly");
      }
      return Duration.ofMillis(1_234);
    }

    @Override
    public void use(Component service, Path file) {
      calls.add("use " + service.label());
    }
  }

  @AfterEach
  void close() {
    control.close();
  }

  @Test
  void aServiceIsRestartedOrGetsTheDefinitionForLater() throws Exception {
    assertThat(post("inference", definition, true, control.token()).body())
        .isEqualTo("{\"paused_millis\":1234}");
    assertThat(post("flink", definition, false, control.token()).body())
        .isEqualTo("{\"paused_millis\":0}");
    assertThat(calls).containsExactly("replace inference", "use flink");
  }

  @Test
  void aRequestWithoutTheTokenChangesNothing() throws Exception {
    for (String token : List.of("", "x", control.token().substring(1), control.token() + "0")) {
      assertThat(post("inference", definition, true, token).statusCode()).isEqualTo(403);
    }
    assertThat(calls).isEmpty();
  }

  @Test
  void aServiceThatDoesNotBecomeReadyIsSaidWithTheReason() throws Exception {
    HttpResponse<String> answer = post("ingest", definition, true, control.token());
    assertThat(answer.statusCode()).isEqualTo(409);
    assertThat(answer.body()).isEqualTo("ingest exited unexpectedly");
  }

  @Test
  void onlyServicesRunDefinitionsThatExist() throws Exception {
    Path missing = definition.resolveSibling("missing.yaml");
    assertThat(post("broker", definition, true, control.token()).statusCode()).isEqualTo(400);
    assertThat(post("nothing", definition, true, control.token()).statusCode()).isEqualTo(400);
    assertThat(post("inference", missing, true, control.token()).statusCode()).isEqualTo(400);
    assertThat(calls).isEmpty();
  }

  private HttpResponse<String> post(String service, Path file, boolean restart, String token)
      throws Exception {
    String body = "{\"pipeline\": \"%s\", \"restart\": %s}".formatted(file, restart);
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(control.url() + "/services/" + service))
                .header("Authorization", "Bearer " + token)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }
}
