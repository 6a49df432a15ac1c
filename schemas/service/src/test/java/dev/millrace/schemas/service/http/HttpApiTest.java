package dev.millrace.schemas.service.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpApiTest {
  private static final String TOKEN = "0123456789abcdef";

  private final HttpClient client = HttpClient.newHttpClient();
  private @Nullable HttpApi api;

  private void start(@Nullable BearerToken token) {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    api = new HttpApi(new HttpBinding(address, "localhost", 0, token));
    api.start(
        Map.of(
            "/echo",
            Map.of("GET", call -> call.rawPath().getBytes(UTF_8), "POST", HttpCall::body),
            "/busy",
            Map.of(
                "GET",
                call -> {
                  throw HttpProblem.unavailable("a \"busy\" store");
                }),
            "/bug",
            Map.of(
                "GET",
                call -> {
                  throw new IllegalStateException("secret");
                })));
  }

  @AfterEach
  void stop() {
    if (api != null) {
      api.close();
    }
  }

  @Test
  void aPathAndThoseBeneathItAreAnswered() throws Exception {
    start(null);
    assertThat(get("/echo").body()).isEqualTo("/echo");
    assertThat(get("/echo/a%2Fb").body()).isEqualTo("/echo/a%2Fb");
    assertThat(get("/echoes").statusCode()).isEqualTo(404);
    assertThat(get("/").body()).contains("UNKNOWN_PATH", "/echo");
  }

  @Test
  void aWrongMethodNamesThoseOfThePath() throws Exception {
    start(null);
    HttpResponse<String> answer =
        client.send(request("/echo").DELETE().build(), BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("Allow")).contains("GET, POST");
  }

  @Test
  void aProblemIsJson() throws Exception {
    start(null);
    HttpResponse<String> answer = get("/busy");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body())
        .isEqualTo("{\"error\":\"UNAVAILABLE\",\"message\":\"a \\\"busy\\\" store\"}");
    assertThat(answer.headers().firstValue("Retry-After")).contains("1");
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
  }

  @Test
  void aBugShowsNoDetails() throws Exception {
    start(null);
    HttpResponse<String> answer = get("/bug");
    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body()).contains("IllegalStateException").doesNotContain("secret");
  }

  @Test
  void aLargeBodyIsNotRead() throws Exception {
    start(null);
    byte[] largest = new byte[HttpApi.MAX_BODY_BYTES];
    assertThat(post(largest).statusCode()).isEqualTo(200);
    assertThat(post(new byte[HttpApi.MAX_BODY_BYTES + 1]).statusCode()).isEqualTo(413);
    assertThat(get("/echo").statusCode()).isEqualTo(200);
  }

  @Test
  void theTokenIsRequired(@TempDir Path dir) throws Exception {
    start(BearerToken.read(Files.writeString(dir.resolve("token"), TOKEN + "\n")));
    assertThat(get("/echo").statusCode()).isEqualTo(401);
    for (String wrong : new String[] {"Bearer ", "Bearer " + TOKEN + "0", "Basic " + TOKEN}) {
      assertThat(authorized(wrong)).as(wrong).isEqualTo(401);
    }
    assertThat(authorized("Bearer " + TOKEN)).isEqualTo(200);
    assertThat(authorized("bearer " + TOKEN)).isEqualTo(200);
  }

  @Test
  void aShortTokenIsRefused(@TempDir Path dir) throws Exception {
    Path file = Files.writeString(dir.resolve("token"), "short");
    assertThatThrownBy(() -> BearerToken.read(file))
        .hasMessageContaining("5 characters")
        .hasMessageContaining("16");
  }

  private HttpRequest.Builder request(String path) {
    if (api == null) {
      throw new IllegalStateException("not started");
    }
    return HttpRequest.newBuilder(URI.create("http://localhost:" + api.port() + path));
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(request(path).build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> post(byte[] body) throws Exception {
    return client.send(
        request("/echo").POST(BodyPublishers.ofByteArray(body)).build(), BodyHandlers.ofString());
  }

  private int authorized(String authorization) throws Exception {
    HttpRequest request = request("/echo").header("Authorization", authorization).build();
    return client.send(request, BodyHandlers.ofString()).statusCode();
  }
}
