package dev.millrace.deploy.doctor.facts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.deploy.doctor.Facts.ClockReading;
import dev.millrace.deploy.doctor.Facts.Job;
import dev.millrace.deploy.doctor.Facts.Service;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the endpoints of services and Flink's REST API. */
final class HttpFacts {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private static final Pattern VERSION =
      Pattern.compile("millrace_build_info\\{[^}]*\\bversion=\"([^\"]*)\"");

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final List<ClockReading> clocks = new ArrayList<>();

  /** The clocks of the services that have answered. */
  List<ClockReading> clocks() {
    return List.copyOf(clocks);
  }

  /**
   * The state of a service.
   *
   * @param url base URL of its endpoints
   */
  Service service(String name, String url) throws InterruptedException {
    try {
      long begin = System.currentTimeMillis();
      HttpResponse<String> ready = get(url + "/health/ready");
      clock(name, ready, begin, System.currentTimeMillis());
      String problem =
          ready.statusCode() == 200
              ? ""
              : ready.statusCode() == 503
                  ? firstLine(ready.body())
                  : "%s answers %d".formatted(url, ready.statusCode());
      return new Service(url, problem, version(url));
    } catch (IOException e) {
      return new Service(url, "%s does not answer".formatted(url), "");
    }
  }

  private static String firstLine(String body) {
    return body.isBlank() ? "not ready, without a reason" : body.lines().findFirst().orElse("");
  }

  private String version(String url) throws IOException, InterruptedException {
    Matcher matcher = VERSION.matcher(get(url + "/metrics").body());
    return matcher.find() ? matcher.group(1) : "";
  }

  /** The header has whole seconds, cut off. */
  private void clock(String name, HttpResponse<String> answer, long begin, long end) {
    answer
        .headers()
        .firstValue("Date")
        .ifPresent(
            date -> {
              try {
                long theirs =
                    ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                        .toInstant()
                        .toEpochMilli();
                clocks.add(
                    new ClockReading(
                        name,
                        Duration.ofMillis(theirs + 500 - (begin + end) / 2),
                        Duration.ofMillis(500 + (end - begin) / 2)));
              } catch (DateTimeException e) {
                // Another format tells nothing.
              }
            });
  }

  /**
   * The newest job of each name.
   *
   * @param url base URL of Flink's REST API
   * @throws IOException if Flink does not answer
   */
  Map<String, Job> jobs(String url) throws IOException, InterruptedException {
    Map<String, JsonNode> newest = new HashMap<>();
    for (JsonNode job : json(url + "/jobs/overview").path("jobs")) {
      newest.merge(
          job.path("name").asText(),
          job,
          (one, other) ->
              one.path("start-time").asLong() > other.path("start-time").asLong() ? one : other);
    }
    Map<String, Job> jobs = new HashMap<>();
    for (Map.Entry<String, JsonNode> each : newest.entrySet()) {
      jobs.put(each.getKey(), job(url, each.getValue()));
    }
    return jobs;
  }

  private Job job(String url, JsonNode job) throws IOException, InterruptedException {
    String checkpoints = "%s/jobs/%s/checkpoints".formatted(url, job.path("jid").asText());
    JsonNode completed = json(checkpoints).path("latest").path("completed");
    Duration interval = Duration.ofMillis(json(checkpoints + "/config").path("interval").asLong());
    return new Job(
        job.path("state").asText(),
        Duration.ofMillis(job.path("duration").asLong()),
        interval,
        age(completed.path("latest_ack_timestamp")));
  }

  private static @Nullable Duration age(JsonNode millis) {
    return millis.isNumber()
        ? Duration.between(Instant.ofEpochMilli(millis.asLong()), Instant.now())
        : null;
  }

  private JsonNode json(String url) throws IOException, InterruptedException {
    HttpResponse<String> answer = get(url);
    if (answer.statusCode() != 200) {
      throw new IOException("%s answers %d".formatted(url, answer.statusCode()));
    }
    return JSON.readTree(answer.body());
  }

  private HttpResponse<String> get(String url) throws IOException, InterruptedException {
    try {
      return http.send(
          HttpRequest.newBuilder(URI.create(url)).timeout(TIMEOUT).build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IllegalArgumentException e) {
      throw new IOException(url + " is no URL", e);
    }
  }
}
