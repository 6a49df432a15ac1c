package dev.millrace.deploy.evolution;

import dev.millrace.deploy.process.PlatformException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.stream.Stream;

/** The lookups that are being backfilled, by the metrics of the features job. */
final class Backfills {
  private static final String METRIC = "_backfilling{";

  private final URI metrics;
  private final HttpClient http = HttpClient.newHttpClient();

  /**
   * @param metrics in the text format of Prometheus
   */
  Backfills(URI metrics) {
    this.metrics = metrics;
  }

  /** The number of lookups of a job whose backfill has not ended, summed over its tasks. */
  long count(String job) throws InterruptedException {
    try {
      HttpResponse<Stream<String>> response =
          http.send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofLines());
      return count(response.body(), job);
    } catch (IOException e) {
      throw new PlatformException(
          "the metrics of flink at %s cannot be read: %s".formatted(metrics, e), e);
    }
  }

  static long count(Stream<String> lines, String job) {
    // Flink replaces the characters of labels that a metric name may not have.
    String label = "job_name=\"" + job.replaceAll("[^a-zA-Z0-9:_]", "_") + "\"";
    return lines
        .filter(line -> !line.startsWith("#") && line.contains(METRIC))
        .filter(line -> line.replace('-', '_').contains(label))
        .mapToLong(
            line -> Math.round(Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))))
        .sum();
  }
}
