package dev.millrace.inference.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.schemas.pipeline.Feature;
import dev.millrace.schemas.service.http.BearerToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Sends requests to other instances over HTTP, as {@code POST /features}. */
final class HttpPeers implements Peers {
  /** An instance that was lost does not refuse a connection, but leaves it unanswered. */
  private static final Duration CONNECT_TIMEOUT = Duration.ofMillis(500);

  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_TIMEOUT)
          .build();
  private final String applicationId;
  private final @Nullable BearerToken token;

  /**
   * @param applicationId by which the other instance recognizes its own kind
   * @param token that the instances require; null: none
   */
  HttpPeers(String applicationId, @Nullable BearerToken token) {
    this.applicationId = applicationId;
    this.token = token;
  }

  @Override
  public CompletableFuture<List<JsonNode>> read(
      Host host, ReadRequest request, List<Integer> keys) {
    HttpRequest.Builder http;
    try {
      http = HttpRequest.newBuilder(URI.create("http://" + host + "/features"));
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedFuture(e);
    }
    http.timeout(TIMEOUT)
        .header(RequestReader.FORWARDED, applicationId)
        .POST(BodyPublishers.ofString(body(request, keys), UTF_8));
    if (token != null) {
      http.header("Authorization", token.authorization());
    }
    return client
        .sendAsync(http.build(), BodyHandlers.ofByteArray())
        .thenApply(answer -> results(answer, keys.size()));
  }

  private static String body(ReadRequest request, List<Integer> keys) {
    ObjectNode body = JSON.createObjectNode();
    body.put("view", request.view().name());
    body.put("version", request.view().version());
    body.put("stale", request.stale());
    ArrayNode all = body.putArray("keys");
    for (int key : keys) {
      ArrayNode values = all.addArray();
      request.keys().get(key).forEach(values::add);
    }
    ArrayNode features = body.putArray("features");
    request.features().stream().map(Feature::name).forEach(features::add);
    return body.toString();
  }

  private static List<JsonNode> results(HttpResponse<byte[]> answer, int expected) {
    JsonNode body;
    try {
      body = JSON.readTree(answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException("it did not answer with JSON", e);
    }
    JsonNode results = body.path("results");
    if (answer.statusCode() != 200 || results.size() != expected) {
      throw new IllegalStateException(
          "it answered %d: %s"
              .formatted(answer.statusCode(), body.path("message").asText("without results")));
    }
    List<JsonNode> all = new ArrayList<>();
    results.forEach(all::add);
    return all;
  }
}
