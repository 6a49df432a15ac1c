package dev.millrace.deploy.evolution;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.deploy.platform.Component;
import dev.millrace.deploy.process.PlatformException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** Gives services of a running platform another definition, by its control endpoint. */
final class ServiceControl {
  private static final int OK = 200;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String url;
  private final String token;
  private final HttpClient http = HttpClient.newHttpClient();

  /**
   * @param url base URL of the endpoint
   * @param token that it accepts
   */
  ServiceControl(String url, String token) {
    this.url = url;
    this.token = token;
  }

  /**
   * Restarts a service with a definition and waits until it is ready.
   *
   * @return the time from its stop until it was ready
   * @throws PlatformException if it does not become ready; it then runs as before
   */
  Duration restart(Component service, Path definition) throws InterruptedException {
    return Duration.ofMillis(send(service, definition, true));
  }

  /** Makes later starts of a service use a definition. */
  void use(Component service, Path definition) throws InterruptedException {
    send(service, definition, false);
  }

  private long send(Component service, Path definition, boolean restart)
      throws InterruptedException {
    try {
      String body =
          JSON.writeValueAsString(Map.of("pipeline", definition.toString(), "restart", restart));
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url + "/services/" + service.label()))
              .header("Authorization", "Bearer " + token)
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build();
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != OK) {
        throw new PlatformException(response.body());
      }
      return JSON.readTree(response.body()).path("paused_millis").asLong();
    } catch (IOException e) {
      throw new PlatformException(
          "the platform at %s does not answer (%s); has it been stopped?".formatted(url, e), e);
    }
  }
}
