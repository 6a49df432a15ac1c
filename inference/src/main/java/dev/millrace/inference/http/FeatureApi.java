package dev.millrace.inference.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.inference.http.FeatureReads.KeyAnswer;
import dev.millrace.inference.rows.EventTimes;
import dev.millrace.inference.rows.ViewStore;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.service.http.HttpApi;
import dev.millrace.schemas.service.http.HttpBinding;
import dev.millrace.schemas.service.http.HttpCall;
import dev.millrace.schemas.service.http.HttpProblem;
import dev.millrace.schemas.streams.service.StoreReader;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** {@code GET /features/VIEW/KEY} and {@code POST /features}; see the README of this module. */
public final class FeatureApi implements StoreReader {
  private final HttpApi api;
  private final Host self;
  private final String applicationId;
  private final RequestReader requests;
  private final StreamsRowStores stores;
  private final FeatureReads reads;

  /**
   * Listens. Requests are answered with 503 until the topology is started.
   *
   * @param applicationId of Kafka Streams
   * @param registry that caches and does not retry
   */
  public FeatureApi(
      Pipeline pipeline,
      String applicationId,
      HttpBinding binding,
      Registry registry,
      EventTimes times) {
    this.applicationId = applicationId;
    this.api = new HttpApi(binding);
    int port = binding.advertisedPort() == 0 ? api.port() : binding.advertisedPort();
    this.self = new Host(binding.advertisedHost(), port);
    this.requests = new RequestReader(ViewStore.of(pipeline));
    this.stores = new StreamsRowStores(self);
    this.reads =
        new FeatureReads(
            self,
            stores,
            new RowDecoder(pipeline, registry),
            times,
            new HttpPeers(applicationId, binding.token()),
            InstantSource.system());
    api.start(Map.of("/features", Map.of("GET", this::one, "POST", this::many)));
  }

  /** The address of this instance for the others, as {@code application.server} has it. */
  public String advertised() {
    return self.toString();
  }

  @Override
  public void started(RunningStreams running) {
    stores.started(running);
  }

  private byte[] one(HttpCall call) throws HttpProblem {
    ReadRequest request = requests.ofPath(call);
    KeyAnswer answer = reads.read(request).get(0);
    if (answer instanceof KeyAnswer.NotReady notReady) {
      throw HttpProblem.unavailable(notReady.reason());
    }
    ObjectNode json = view(request);
    json.setAll((ObjectNode) ((KeyAnswer.Found) answer).json());
    return json.toString().getBytes(UTF_8);
  }

  private byte[] many(HttpCall call) throws HttpProblem {
    String forwarded = call.header(RequestReader.FORWARDED);
    if (forwarded != null && !forwarded.equals(applicationId)) {
      throw HttpProblem.unavailable(
          "this is %s, not %s: check --http-advertised of the instances"
              .formatted(applicationId, forwarded));
    }
    ReadRequest request = requests.ofBody(call);
    List<KeyAnswer> answers = reads.read(request);
    ObjectNode json = view(request);
    ArrayNode results = json.putArray("results");
    String reason = null;
    boolean found = false;
    for (int key = 0; key < answers.size(); key++) {
      if (answers.get(key) instanceof KeyAnswer.NotReady notReady) {
        ObjectNode result = EntityAnswer.describe(request, key);
        results.add(result.put("error", "UNAVAILABLE").put("message", notReady.reason()));
        reason = notReady.reason();
      } else if (answers.get(key) instanceof KeyAnswer.Found answer) {
        results.add(answer.json());
        found = true;
      }
    }
    if (reason != null && !found) {
      throw HttpProblem.unavailable(reason);
    }
    return json.toString().getBytes(UTF_8);
  }

  private static ObjectNode view(ReadRequest request) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("view", request.view().name())
        .put("version", request.view().version());
  }

  @Override
  public void close() {
    api.close();
  }
}
