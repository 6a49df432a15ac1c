package dev.millrace.deploy.evolution;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.millrace.deploy.evolution.Submission.Job;
import dev.millrace.deploy.evolution.Submission.Settings;
import dev.millrace.deploy.process.PlatformException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The requests to Flink's REST API, which a server in this process answers. */
@Timeout(60)
class SubmissionTest {
  private static final Path PIPELINE = Path.of("examples/payments/pipeline.yaml");
  private static final String DRIFT = "millrace-payments-drift";

  private final HttpServer flink;
  private final List<String> requests = new ArrayList<>();
  private final List<String> printed = new ArrayList<>();
  private byte[] uploaded = new byte[0];
  private String running = "";
  private String failure = "";

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path dir;

  SubmissionTest() throws IOException {
    flink = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  }

  @BeforeEach
  void start() {
    flink.createContext("/", this::answer);
    flink.start();
  }

  @AfterEach
  void stop() {
    flink.stop(0);
  }

  @Test
  void theDefinitionTravelsInTheJar() throws Exception {
    submit(List.of(Job.DRIFT), new Settings(List.of("--registry=http://r"), 3, "s3://b/chk-7"));
    assertThat(entries()).contains("code", "pipeline/pipeline.yaml", "pipeline/model/model.onnx");
    assertThat(requests)
        .anySatisfy(
            request ->
                assertThat(request)
                    .startsWith("POST /jars/1_a.jar/run")
                    .contains("\"entryClass\":\"dev.millrace.drift.DriftMain\"")
                    .contains("[\"--pipeline=jar:pipeline.yaml\",\"--registry=http://r\"]")
                    .contains("\"parallelism\":3")
                    .contains("\"savepointPath\":\"s3://b/chk-7\""))
        .anySatisfy(request -> assertThat(request).startsWith("DELETE /jars/1_a.jar"));
    assertThat(printed)
        .containsExactly("job " + DRIFT + " submitted: j1", "job " + DRIFT + " is running");
  }

  @Test
  void aJobThatRunsIsNotSubmittedAgain() throws Exception {
    running = DRIFT;
    submit(List.of(Job.DRIFT), new Settings(List.of(), null, null));
    assertThat(printed)
        .containsExactly("job " + DRIFT + " runs already (j1, RUNNING); it is not submitted again");
    assertThat(requests).noneMatch(request -> request.startsWith("POST"));
    assertThatThrownBy(
            () -> submit(List.of(Job.DRIFT), new Settings(List.of(), null, "s3://b/savepoint")))
        .isInstanceOf(PlatformException.class)
        .hasMessageContaining("flink stop j1");
  }

  @Test
  void theReasonOfARefusalIsPrinted() {
    failure =
        "{\"errors\":[\"Internal server error.\",\"<Exception on server side:\\norg.apache.flink.X: a\\n\\tat b\\nCaused by: java.lang.IllegalStateException: The cluster keeps checkpoints in memory\\n\\tat c\\n\"]}";
    assertThatThrownBy(() -> submit(List.of(Job.DRIFT), new Settings(List.of(), null, null)))
        .isInstanceOf(PlatformException.class)
        .hasMessageEndingWith(
            ": java.lang.IllegalStateException: The cluster keeps checkpoints in memory");
    assertThat(requests).anyMatch(request -> request.startsWith("DELETE"));
  }

  private void submit(List<Job> jobs, Settings settings) throws Exception {
    Path jar = dir.resolve("millrace-flink.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(file)) {
      entries.putNextEntry(new JarEntry("code"));
    }
    String url = "http://127.0.0.1:%d/".formatted(flink.getAddress().getPort());
    new Submission(url, jar, printed::add).submit(PIPELINE, jobs, settings);
  }

  /** The names in the uploaded jar, which is one part of the request. */
  private List<String> entries() throws IOException {
    String text = new String(uploaded, StandardCharsets.ISO_8859_1);
    byte[] jar = text.substring(text.indexOf("PK")).getBytes(StandardCharsets.ISO_8859_1);
    List<String> names = new ArrayList<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(jar))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        names.add(entry.getName());
      }
    }
    return names;
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    byte[] body = exchange.getRequestBody().readAllBytes();
    boolean isUpload = path.equals("/jars/upload");
    requests.add(
        "%s %s %s"
            .formatted(exchange.getRequestMethod(), path, isUpload ? "" : new String(body, UTF_8)));
    int status = 200;
    String answer = "{}";
    if (isUpload) {
      uploaded = body;
      answer = "{\"filename\":\"/tmp/flink-web-upload/1_a.jar\",\"status\":\"success\"}";
    } else if (path.endsWith("/run") && !failure.isEmpty()) {
      status = 500;
      answer = failure;
    } else if (path.endsWith("/run")) {
      running = DRIFT;
      answer = "{\"jobid\":\"j1\"}";
    } else if (path.equals("/jobs/overview")) {
      answer =
          running.isEmpty()
              ? "{\"jobs\":[]}"
              : "{\"jobs\":[{\"jid\":\"j1\",\"name\":\"%s\",\"state\":\"RUNNING\"}]}"
                  .formatted(running);
    }
    byte[] sent = answer.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, sent.length);
    exchange.getResponseBody().write(sent);
    exchange.close();
  }
}
