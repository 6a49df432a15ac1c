package dev.millrace.inference.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.inference.http.RowStores.Location;
import dev.millrace.inference.http.RowStores.Unavailable;
import dev.millrace.inference.rows.EntityRow;
import dev.millrace.inference.rows.EventTimes;
import dev.millrace.schemas.registry.RegistryUnavailable;
import dev.millrace.schemas.service.http.HttpApi;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the features of entities, from the stores of this instance or through the instance that has
 * them. Safe for many threads.
 */
final class FeatureReads {
  /**
   * Requests that wait for other instances at once. The other threads answer what the others send
   * here: if all threads of two instances waited for each other, neither would answer.
   */
  private static final int MOST_FORWARDED = HttpApi.THREADS / 2;

  /** The answer to one key. */
  sealed interface KeyAnswer {
    /**
     * The features.
     *
     * @param json see {@link EntityAnswer}
     */
    record Found(JsonNode json) implements KeyAnswer {}

    /** The rows of the key cannot be read now. */
    record NotReady(String reason) implements KeyAnswer {}
  }

  private final Host self;
  private final RowStores stores;
  private final RowDecoder decoder;
  private final EventTimes times;
  private final Peers peers;
  private final InstantSource clock;
  private final Semaphore forwards = new Semaphore(MOST_FORWARDED);

  FeatureReads(
      Host self,
      RowStores stores,
      RowDecoder decoder,
      EventTimes times,
      Peers peers,
      InstantSource clock) {
    this.self = self;
    this.stores = stores;
    this.decoder = decoder;
    this.times = times;
    this.peers = peers;
    this.clock = clock;
  }

  /** A key of a request, with the answer so far. */
  private final class Reading {
    private final ReadRequest request;
    private final int key;
    private final byte[] entity;
    private @Nullable Location location;
    private KeyAnswer answer;

    private Reading(ReadRequest request, int key) {
      this.request = request;
      this.key = key;
      this.entity = request.entity(key).getBytes(UTF_8);
      try {
        location = stores.locate(request.view(), entity);
        answer = new KeyAnswer.NotReady("");
      } catch (Unavailable e) {
        answer = new KeyAnswer.NotReady(e.reason());
      }
    }

    private boolean isOpen() {
      return answer instanceof KeyAnswer.NotReady;
    }

    /**
     * Reads the store here.
     *
     * @param stale whether a copy may answer
     */
    private void readHere(boolean stale) {
      Location at = location;
      if (at == null) {
        return;
      }
      try {
        byte[] stored =
            stale
                ? stores.copy(request.view(), at.partition(), entity)
                : stores.newest(request.view(), at.partition(), entity);
        EntityRow row = stored == null ? null : decoder.decode(request.view(), stored);
        long eventTime = times.of(at.partition(), row == null ? 0 : row.asOfMillis());
        EntityAnswer found = new EntityAnswer(stale, row, eventTime, clock.millis());
        answer = new KeyAnswer.Found(found.json(request, key));
      } catch (Unavailable e) {
        answer = new KeyAnswer.NotReady(e.reason());
      } catch (RegistryUnavailable e) {
        answer = new KeyAnswer.NotReady("the schema registry does not answer");
      }
    }

    /** Takes the answer of another instance. */
    private void take(Host host, JsonNode result) {
      answer =
          result.has("error")
              ? notReady(host, result.path("message").asText())
              : new KeyAnswer.Found(result);
    }

    private void failed(Host host, Throwable error) {
      Throwable cause = error instanceof CompletionException ? error.getCause() : error;
      answer = notReady(host, String.valueOf(cause));
    }

    private static KeyAnswer notReady(Host host, String reason) {
      return new KeyAnswer.NotReady("the row is at %s: %s".formatted(host, reason));
    }
  }

  /**
   * Answers each key of a request, in their order.
   *
   * <p>This instance is tried first, whichever is said to have the rows: after a restart under a
   * new address the others do not know the address before the next rebalance.
   */
  List<KeyAnswer> read(ReadRequest request) {
    List<Reading> all = new ArrayList<>();
    for (int key = 0; key < request.keys().size(); key++) {
      all.add(new Reading(request, key));
    }
    open(all).forEach(reading -> reading.readHere(false));
    if (!request.forwarded()) {
      ask(request, open(all), location -> List.of(location.active()));
    }
    if (request.stale()) {
      open(all).forEach(reading -> reading.readHere(true));
      if (!request.forwarded()) {
        ask(request, open(all), Location::standbys);
      }
    }
    return all.stream().map(reading -> reading.answer).toList();
  }

  private static List<Reading> open(List<Reading> all) {
    return all.stream().filter(Reading::isOpen).toList();
  }

  /** Asks the first other instance of each key. */
  private void ask(
      ReadRequest request, List<Reading> readings, Function<Location, List<Host>> hosts) {
    Map<Host, List<Reading>> byHost = new LinkedHashMap<>();
    for (Reading reading : readings) {
      if (reading.location != null) {
        hosts.apply(reading.location).stream()
            .filter(host -> !host.equals(self))
            .findFirst()
            .ifPresent(
                host -> byHost.computeIfAbsent(host, first -> new ArrayList<>()).add(reading));
      }
    }
    if (byHost.isEmpty()) {
      return;
    }
    if (!forwards.tryAcquire()) {
      KeyAnswer busy = new KeyAnswer.NotReady("too many requests wait for other instances at once");
      byHost.values().forEach(of -> of.forEach(reading -> reading.answer = busy));
      return;
    }
    try {
      askAll(request, byHost);
    } finally {
      forwards.release();
    }
  }

  private void askAll(ReadRequest request, Map<Host, List<Reading>> byHost) {
    Map<Host, CompletableFuture<List<JsonNode>>> sent = new LinkedHashMap<>();
    byHost.forEach(
        (host, readings) -> {
          List<Integer> keys = readings.stream().map(reading -> reading.key).toList();
          sent.put(host, peers.read(host, request, keys));
        });
    byHost.forEach(
        (host, readings) -> {
          CompletableFuture<List<JsonNode>> answer = sent.get(host);
          try {
            List<JsonNode> results = answer == null ? List.of() : answer.join();
            for (int i = 0; i < results.size(); i++) {
              readings.get(i).take(host, results.get(i));
            }
          } catch (CompletionException e) {
            readings.forEach(reading -> reading.failed(host, e));
          }
        });
  }
}
