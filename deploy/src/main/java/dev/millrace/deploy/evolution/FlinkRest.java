package dev.millrace.deploy.evolution;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.deploy.process.PlatformException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * Requests to the REST API of a Flink cluster.
 *
 * @see <a
 *     href="https://nightlies.apache.org/flink/flink-docs-release-2.2/docs/ops/rest_api/">Flink's
 *     REST API</a>
 */
final class FlinkRest {
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);

  /** A job's main class runs meanwhile: it waits for a registry that starts, and for Kafka. */
  private static final Duration RUN_TIMEOUT = Duration.ofMinutes(5);

  private static final Duration UPLOAD_TIMEOUT = Duration.ofMinutes(5);
  private static final String BOUNDARY = "millrace-flink-jar";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String url;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /**
   * @param url base URL
   */
  FlinkRest(String url) {
    this.url = url;
  }

  /**
   * Uploads a jar with jobs.
   *
   * @return its id
   * @throws PlatformException if the cluster does not take it
   */
  String upload(Path jar) throws InterruptedException {
    String head =
        String.join(
            "\r\n",
            "--" + BOUNDARY,
            "Content-Disposition: form-data; name=\"jarfile\"; filename=\"%s\""
                .formatted(jar.getFileName()),
            "Content-Type: application/x-java-archive",
            "",
            "");
    try {
      HttpRequest request =
          request("/jars/upload", UPLOAD_TIMEOUT)
              .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
              .POST(
                  HttpRequest.BodyPublishers.concat(
                      HttpRequest.BodyPublishers.ofString(head),
                      HttpRequest.BodyPublishers.ofFile(jar),
                      HttpRequest.BodyPublishers.ofString("\r\n--" + BOUNDARY + "--\r\n")))
              .build();
      return lastPart(send(request).path("filename").asText());
    } catch (FileNotFoundException e) {
      throw new PlatformException(jar + " cannot be read", e);
    }
  }

  private static String lastPart(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /**
   * Runs a main class of an uploaded jar on the JobManager, which submits a job.
   *
   * @param settings of the request, by their names in Flink's REST API
   * @return the id of the job
   * @throws PlatformException if the main class ends with an exception
   */
  String run(String jar, Map<String, Object> settings) throws InterruptedException {
    HttpRequest request =
        request("/jars/" + jar + "/run", RUN_TIMEOUT)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json(settings)))
            .build();
    return send(request).path("jobid").asText();
  }

  /** Deletes an uploaded jar; jobs that were submitted from it go on. */
  void deleteJar(String jar) throws InterruptedException {
    send("DELETE", "/jars/" + jar, "");
  }

  /**
   * Sends a request with JSON, and returns the answer.
   *
   * @throws PlatformException if it is an error, or there is none
   */
  JsonNode send(String method, String path, String body) throws InterruptedException {
    return send(
        request(path, REQUEST_TIMEOUT)
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  private HttpRequest.Builder request(String path, Duration timeout) {
    return HttpRequest.newBuilder(URI.create(url + path)).timeout(timeout);
  }

  private JsonNode send(HttpRequest request) throws InterruptedException {
    try {
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() >= 300) {
        throw new PlatformException(
            "Flink answers %d to %s %s: %s"
                .formatted(
                    response.statusCode(),
                    request.method(),
                    request.uri().getPath(),
                    cause(response.body())));
      }
      return JSON.readTree(response.body());
    } catch (IOException e) {
      throw new PlatformException(
          "Flink at %s does not answer (%s); is the platform running?".formatted(url, e), e);
    }
  }

  /** The innermost cause in an answer that is an error; the whole answer if it names none. */
  static String cause(String answer) {
    return answer
        .replace("\\n", "\n")
        .replace("\\t", "\t")
        .lines()
        .filter(line -> line.startsWith("Caused by: "))
        .reduce((first, second) -> second)
        .map(line -> line.substring("Caused by: ".length()).replace("\\\"", "\""))
        .orElse(answer);
  }

  static String json(Map<String, Object> values) {
    try {
      return JSON.writeValueAsString(values);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
