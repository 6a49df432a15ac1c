package dev.millrace.deploy.e2e.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;

/** A client of the feature reads of one instance of inference. */
public final class FeatureClient {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final String url;

  /**
   * An answer.
   *
   * @param status 0: the instance does not answer
   */
  public record Answer(int status, JsonNode body) {}

  /**
   * @param port of the instance on this machine
   */
  public FeatureClient(int port) {
    this.url = "http://127.0.0.1:" + port + "/features";
  }

  /** Reads the features of one entity. */
  public Answer get(String view, List<String> key, boolean stale) {
    StringBuilder path = new StringBuilder(url).append('/').append(view);
    for (String value : key) {
      path.append('/');
      for (byte octet : value.getBytes(UTF_8)) {
        path.append("%%%02X".formatted(octet));
      }
    }
    return send(HttpRequest.newBuilder(URI.create(path + (stale ? "?stale=true" : ""))));
  }

  /**
   * Reads the features of many entities.
   *
   * @param forwardedBy the application that the request seems to come from, so that the instance
   *     answers only what it has itself; empty: a client
   */
  public Answer post(String view, List<List<String>> keys, String forwardedBy) {
    try {
      String body = JSON.writeValueAsString(Map.of("view", view, "keys", keys));
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(url)).POST(BodyPublishers.ofString(body));
      if (!forwardedBy.isEmpty()) {
        request.header("Millrace-Forwarded", forwardedBy);
      }
      return send(request);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private Answer send(HttpRequest.Builder request) {
    try {
      HttpResponse<byte[]> answer = http.send(request.build(), BodyHandlers.ofByteArray());
      return new Answer(answer.statusCode(), JSON.readTree(answer.body()));
    } catch (IOException e) {
      return new Answer(0, JSON.nullNode());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
