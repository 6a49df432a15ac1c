package dev.millrace.deploy.retrain;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An HTTP server that records requests and answers as a test says. */
final class TestReceiver implements AutoCloseable {
  /** No credentials. */
  static final Authorization ANONYMOUS = new Authorization(null, new Secrets(Map.of()));

  /** A request; header names as {@link com.sun.net.httpserver.Headers} writes them. */
  record Request(String path, Map<String, List<String>> headers, String body) {
    @Nullable String header(String name) {
      List<String> values = headers.get(name);
      return values == null ? null : values.get(0);
    }

    /** The trigger's id, which the header has in quotes. */
    String id() {
      return String.valueOf(header("Idempotency-key")).replaceFirst("^\"(.*)\"$", "$1");
    }
  }

  /** An answer. */
  record Answer(int status, Map<String, String> headers, String body) {
    static Answer of(int status) {
      return new Answer(status, Map.of(), "");
    }
  }

  private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
  private final HttpServer server;

  TestReceiver(Function<Request, Answer> answers) {
    this(0, answers);
  }

  TestReceiver(int port, Function<Request, Answer> answers) {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", exchange -> handle(exchange, answers));
    server.start();
  }

  /** Answers with one status after the other, and then with the last one. */
  static Function<Request, Answer> statuses(Integer... statuses) {
    List<Integer> left = new ArrayList<>(List.of(statuses));
    return request -> Answer.of(left.size() > 1 ? left.remove(0) : left.get(0));
  }

  private void handle(HttpExchange exchange, Function<Request, Answer> answers) throws IOException {
    try (exchange) {
      Request request =
          new Request(
              exchange.getRequestURI().getPath(),
              Map.copyOf(exchange.getRequestHeaders()),
              new String(exchange.getRequestBody().readAllBytes(), UTF_8));
      requests.add(request);
      Answer answer = answers.apply(request);
      answer.headers().forEach(exchange.getResponseHeaders()::set);
      byte[] body = answer.body().getBytes(UTF_8);
      exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
      if (body.length > 0) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  List<Request> requests() {
    return List.copyOf(requests);
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** This server as a webhook without credentials. */
  Receiver webhook() {
    return webhook(ANONYMOUS);
  }

  Receiver webhook(Authorization authorization) {
    InstantSource clock = () -> TriggerTopic.START.plusSeconds(120);
    return new Webhook(URI.create(url() + "/retrain"), authorization, new HttpCaller(clock));
  }

  String url() {
    return "http://127.0.0.1:" + port();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
