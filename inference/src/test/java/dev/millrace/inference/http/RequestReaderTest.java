package dev.millrace.inference.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.Headers;
import dev.millrace.inference.rows.ViewStore;
import dev.millrace.schemas.pipeline.EntityKey;
import dev.millrace.schemas.pipeline.Feature;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Wait;
import dev.millrace.schemas.service.http.HttpCall;
import dev.millrace.schemas.service.http.HttpProblem;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RequestReaderTest {
  /** Only its entity matters. */
  private static final ViewStore ROUTE =
      new ViewStore(
          new FeatureView(
              "route",
              "departures",
              EntityKey.of("origin", "destination"),
              null,
              Wait.forever(),
              List.of()),
          "0",
          true,
          false,
          false,
          "topic",
          "store");

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @SuppressWarnings("NullAway.Init")
  private RequestReader reader;

  @BeforeEach
  void load() {
    reader = new RequestReader(new FlightViews(directory).views);
  }

  @Test
  void aPathNamesViewAndKey() throws HttpProblem {
    ReadRequest request = get("/features/origin/SFO");
    assertThat(request.view().name()).isEqualTo("origin");
    assertThat(request.keys()).containsExactly(List.of("SFO"));
    assertThat(request.stale()).isFalse();
    assertThat(request.features()).hasSize(13);
    assertThat(get("/features/origin/SFO?features=late_3h&stale=true").features())
        .extracting(Feature::name)
        .containsExactly("late_3h");
    assertThat(get("/features/origin/SFO?stale").stale()).isTrue();
  }

  @Test
  void aKeyOfSeveralFieldsHasASegmentForEach() throws HttpProblem {
    assertThat(get("/features/route/SFO/JFK").entity(0)).isEqualTo("SFO|JFK");
    assertThat(get("/features/route/S%7CF/J%5CK").entity(0)).isEqualTo("S\\|F|J\\\\K");
    assertThat(get("/features/route/a%2Fb/%E6%9D%B1%25+").keys().get(0))
        .containsExactly("a/b", "東%+");
    assertThat(get("/features/route//").keys().get(0)).containsExactly("", "");
  }

  @Test
  void aPathThatIsNotWellFormedIsRejected() {
    assertThat(getProblem("/features/route/SFO").text())
        .contains("2 values", "origin, destination");
    assertThat(getProblem("/features/origin/SFO/JFK").status()).isEqualTo(400);
    assertThat(getProblem("/features/origin/%F").text()).contains("hex");
    assertThat(getProblem("/features/origin/%zz").status()).isEqualTo(400);
    assertThat(getProblem("/features/origin/%FF").text()).contains("not UTF-8");
    assertThat(getProblem("/features/origin/\u00e9").text()).contains("ASCII");
    assertThat(getProblem("/features/origin/SFO?at=3").text()).contains("'at'");
    assertThat(getProblem("/features/origin/SFO?stale=1").text()).contains("true or false");
  }

  @Test
  void unknownNamesAreNotFound() {
    HttpProblem view = getProblem("/features/orign/SFO");
    assertThat(view.status()).isEqualTo(404);
    assertThat(view.code()).isEqualTo("UNKNOWN_VIEW");
    assertThat(view.text()).contains("did you mean 'origin'?");
    assertThat(getProblem("/features/x/SFO").text()).contains("origin, route");
    assertThat(getProblem("/features/origin/SFO?features=late_3").text()).contains("'late_3h'");
    assertThat(getProblem("/features").text()).contains("/features/VIEW/KEY", "origin, route");
    assertThat(getProblem("/features/origin").status()).isEqualTo(404);
  }

  @Test
  void aBodyNamesManyKeys() throws HttpProblem {
    ReadRequest request =
        post(
            """
            {"view": "route", "keys": [["SFO", "JFK"], ["東", 7]], "features": ["count_3h"], "stale": true}
            """);
    assertThat(request.keys()).containsExactly(List.of("SFO", "JFK"), List.of("東", "7"));
    assertThat(request.stale()).isTrue();
    assertThat(post("{\"view\": \"origin\", \"keys\": [\"a\", true, 12]}").keys())
        .containsExactly(List.of("a"), List.of("true"), List.of("12"));
  }

  @Test
  void aBodyThatIsNotWellFormedIsRejected() {
    for (String body :
        List.of(
            "",
            "[]",
            "{",
            "{} {}",
            "{\"view\": \"origin\"}",
            "{\"view\": \"origin\", \"keys\": []}",
            "{\"view\": \"origin\", \"keys\": \"SFO\"}",
            "{\"view\": \"origin\", \"keys\": [null]}",
            "{\"view\": \"origin\", \"keys\": [1.5]}",
            "{\"view\": \"origin\", \"keys\": [[\"a\", \"b\"]]}",
            "{\"view\": \"origin\", \"keys\": [\"\\ud800\"]}",
            "{\"view\": 1, \"view\": \"origin\", \"keys\": [\"a\"]}",
            "{\"view\": \"origin\", \"keys\": [\"a\"], \"at\": 3}",
            "{\"view\": \"origin\", \"keys\": [\"a\"], \"features\": \"late_3h\"}",
            "{\"view\": \"origin\", \"keys\": [\"a\"], \"stale\": \"maybe\"}")) {
      assertThat(postProblem(body).status()).as(body).isEqualTo(400);
    }
  }

  @Test
  void tooManyKeysAreTooLarge() {
    String keys = String.join(",", Collections.nCopies(RequestReader.MOST_KEYS + 1, "\"a\""));
    assertThat(postProblem("{\"view\": \"origin\", \"keys\": [" + keys + "]}").status())
        .isEqualTo(413);
  }

  @Test
  void anotherVersionOfTheViewIsNotServed() {
    HttpProblem other =
        postProblem("{\"view\": \"origin\", \"version\": \"0000\", \"keys\": [\"a\"]}");
    assertThat(other.status()).isEqualTo(503);
    assertThat(other.text()).contains("0000");
  }

  /** Path and body name the entity that an event with these values has. */
  @Property(tries = 300)
  void everyKeyCanBeRead(@ForAll String origin, @ForAll String destination) throws Exception {
    if (!UTF_8.newEncoder().canEncode(origin) || !UTF_8.newEncoder().canEncode(destination)) {
      return;
    }
    List<String> key = List.of(origin, destination);
    RequestReader routes = new RequestReader(List.of(ROUTE));
    String path =
        "/features/route/" + key.stream().map(RequestReaderTest::encoded).collect(joining("/"));
    String body =
        new ObjectMapper().writeValueAsString(Map.of("view", "route", "keys", List.of(key)));
    String expected = entityOfEvent(origin, destination);
    assertThat(routes.ofPath(call(path, new byte[0])).entity(0)).isEqualTo(expected);
    assertThat(routes.ofBody(call("/features", body.getBytes(UTF_8))).entity(0))
        .isEqualTo(expected);
  }

  private static String entityOfEvent(String origin, String destination) {
    GenericRecord event =
        new GenericData.Record(
            SchemaBuilder.record("Departure")
                .fields()
                .requiredString("origin")
                .requiredString("destination")
                .endRecord());
    event.put("origin", origin);
    event.put("destination", destination);
    return String.valueOf(EntityKey.of("origin", "destination").of(event));
  }

  /** Every byte percent-encoded. */
  private static String encoded(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte octet : text.getBytes(UTF_8)) {
      encoded.append("%%%02X".formatted(octet));
    }
    return encoded.toString();
  }

  /** A body of 1 MB can repeat a name 250,000 times for each of 1,000 keys. */
  @Test
  void aFeatureThatIsNamedAgainIsReadOnce() throws HttpProblem {
    assertThat(get("/features/origin/SFO?features=late_3h,late_3h").features()).hasSize(1);
    String names = String.join(",", Collections.nCopies(1_000, "\"late_3h\""));
    assertThat(
            post("{\"view\": \"origin\", \"keys\": [\"a\"], \"features\": [%s]}".formatted(names))
                .features())
        .hasSize(1);
  }

  private ReadRequest get(String path) throws HttpProblem {
    return reader.ofPath(call(path, new byte[0]));
  }

  private ReadRequest post(String body) throws HttpProblem {
    return reader.ofBody(call("/features", body.getBytes(UTF_8)));
  }

  private HttpProblem getProblem(String path) {
    return catchThrowableOfType(HttpProblem.class, () -> get(path));
  }

  private HttpProblem postProblem(String body) {
    return catchThrowableOfType(HttpProblem.class, () -> post(body));
  }

  private static HttpCall call(String path, byte[] body) {
    int question = path.indexOf('?');
    return new HttpCall(
        "GET",
        question < 0 ? path : path.substring(0, question),
        question < 0 ? null : path.substring(question + 1),
        new Headers(),
        body);
  }
}
