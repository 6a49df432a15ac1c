package dev.millrace.schemas.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.millrace.schemas.registry.Registry.Lookup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link HttpRegistry} with a real HTTP server. */
class HttpRegistryTest {
  private static final String SCHEMA = "/schemas/ids/7";
  private static final String VERSIONS = "/schemas/ids/7/versions";
  private static final String STRING_SCHEMA = "{\"schema\": \"\\\"string\\\"\"}";
  private static final String ONE_VERSION = "[{\"subject\": \"payments-value\", \"version\": 1}]";

  private static final String COMPATIBILITY =
      "/compatibility/subjects/payments-value/versions/latest";
  private static final Schema TEXT = Schema.create(Schema.Type.STRING);

  private record Answer(int status, String contentType, String body) {}

  private final Map<String, Answer> answers = new HashMap<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean hangs;

  @SuppressWarnings("NullAway.Init")
  private HttpServer server;

  @SuppressWarnings("NullAway.Init")
  private HttpRegistry registry;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          awaitEnd();
          Answer answer = answers.get(exchange.getRequestURI().getPath());
          if (answer == null) {
            answer = new Answer(500, "text/plain", "no answer is set");
          }
          byte[] body = answer.body.getBytes(UTF_8);
          exchange.getResponseHeaders().set("Content-Type", answer.contentType);
          exchange.sendResponseHeaders(answer.status, body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    registry = new HttpRegistry(url());
  }

  private String url() {
    return "http://localhost:" + server.getAddress().getPort();
  }

  private void awaitEnd() {
    try {
      if (hangs) {
        ended.await(1, TimeUnit.MINUTES);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @AfterEach
  void stop() {
    ended.countDown();
    server.stop(0);
  }

  private void answer(String path, int status, String body) {
    answers.put(path, new Answer(status, "application/vnd.schemaregistry.v1+json", body));
  }

  @Test
  void findsASchemaAndItsSubjects() {
    answer(SCHEMA, 200, STRING_SCHEMA);
    answer(VERSIONS, 200, ONE_VERSION);

    assertThat(registry.lookup(7))
        .isEqualTo(new Lookup.Found("AVRO", "\"string\"", Set.of("payments-value")));
  }

  @ParameterizedTest
  @ValueSource(ints = {40401, 40402, 40403})
  void treatsTheRegistrysOwnCodesAsUnknown(int code) {
    answer(SCHEMA, 404, "{\"error_code\": %d, \"message\": \"not found\"}".formatted(code));

    assertThat(registry.lookup(7)).isEqualTo(new Lookup.Unknown());
  }

  @Test
  void aSchemaWithoutVersionsThatIsDeletedBetweenTheRequestsIsUnknown() {
    answer(SCHEMA, 200, STRING_SCHEMA);
    answer(VERSIONS, 404, "{\"error_code\": 40403, \"message\": \"not found\"}");

    assertThat(registry.lookup(7)).isEqualTo(new Lookup.Unknown());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html><body>404 Not Found</body></html>",
        "{\"message\": \"no Route matched with those values\"}",
        "{\"error_code\": 404, \"message\": \"HTTP 404 Not Found\"}",
        "{\"error_code\": 40404, \"message\": \"soft deleted\"}"
      })
  void anyOther404IsAnOutage(String body) {
    answers.put(SCHEMA, new Answer(404, "text/html", body));

    assertThatThrownBy(() -> registry.lookup(7))
        .isInstanceOf(RegistryUnavailable.class)
        .hasMessageContaining("schema id 7");
  }

  @Test
  void a404OfTheSecondRequestIsAnOutageToo() {
    answer(SCHEMA, 200, STRING_SCHEMA);
    answers.put(VERSIONS, new Answer(404, "text/html", "<html>404</html>"));

    assertThatThrownBy(() -> registry.lookup(7)).isInstanceOf(RegistryUnavailable.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "null", "<html>welcome</html>", "[]"})
  void a200WithoutASchemaIsAnOutage(String body) {
    answer(SCHEMA, 200, body);
    answer(VERSIONS, 200, ONE_VERSION);

    assertThatThrownBy(() -> registry.lookup(7)).isInstanceOf(RegistryUnavailable.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "{}", "[{}]"})
  void a200WithoutAListOfVersionsIsAnOutage(String body) {
    answer(SCHEMA, 200, STRING_SCHEMA);
    answer(VERSIONS, 200, body);

    assertThatThrownBy(() -> registry.lookup(7)).isInstanceOf(RegistryUnavailable.class);
  }

  @Test
  void aRegistryThatHangsIsAnOutage() {
    hangs = true;
    HttpRegistry shortTimeout = new HttpRegistry(url(), 100);

    assertThatThrownBy(() -> shortTimeout.lookup(7))
        .isInstanceOf(RegistryUnavailable.class)
        .hasRootCauseInstanceOf(SocketTimeoutException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 429, 500, 503})
  void otherFailuresAreOutages(int status) {
    answer(SCHEMA, status, "{\"error_code\": %d, \"message\": \"no\"}".formatted(status));

    assertThatThrownBy(() -> registry.lookup(7)).isInstanceOf(RegistryUnavailable.class);
  }

  @Test
  void aSchemaIsCompatibleIfTheRegistrySaysSoOrHasNoSuchSubject() {
    answer(COMPATIBILITY, 200, "{\"is_compatible\": true}");
    assertThat(registry.incompatibilities("payments-value", TEXT)).isEmpty();

    answer(COMPATIBILITY, 404, "{\"error_code\": 40401, \"message\": \"no subject\"}");
    assertThat(registry.incompatibilities("payments-value", TEXT)).isEmpty();
  }

  @Test
  void anIncompatibleSchemaHasTheReasonsOfTheRegistryOrAGeneralOne() {
    answer(COMPATIBILITY, 200, "{\"is_compatible\": false}");
    assertThat(registry.incompatibilities("payments-value", TEXT))
        .containsExactly("Schemas are incompatible");

    answer(COMPATIBILITY, 200, "{\"is_compatible\": false, \"messages\": [\"type changed\"]}");
    assertThat(registry.incompatibilities("payments-value", TEXT)).containsExactly("type changed");
  }

  @Test
  void aRegistryThatCannotTestASchemaIsAnOutage() {
    answer(COMPATIBILITY, 503, "{}");
    assertThatThrownBy(() -> registry.incompatibilities("payments-value", TEXT))
        .isInstanceOf(RegistryUnavailable.class)
        .hasMessageContaining("payments-value");
  }
}
