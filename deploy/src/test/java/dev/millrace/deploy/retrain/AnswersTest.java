package dev.millrace.deploy.retrain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.deploy.retrain.TestReceiver.Answer;
import dev.millrace.deploy.retrain.TestReceiver.Request;
import dev.millrace.deploy.retrain.TriggerTopic.Member;
import dev.millrace.schemas.pipeline.Credentials;
import dev.millrace.schemas.pipeline.Secret;
import dev.millrace.schemas.topics.WireHeaders;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

/** What follows from the answer to a call. */
class AnswersTest {
  private static final String ID = "9b2f6a1c-1111-3333-8888-000000000001";

  private final TriggerTopic topic = new TriggerTopic();

  @Test
  void a503IsCalledAgainAfterAPause() {
    topic.add(ID, topic.now);
    try (TestReceiver server = new TestReceiver(TestReceiver.statuses(503, 503, 200))) {
      Member member = topic.new Member(server.webhook());
      member.steps(3);
      assertThat(server.requests()).hasSize(1);
      assertThat(topic.committedOffset()).isZero();
      assertThat(topic.status.note()).contains(ID, "failed 1 times", "answered 503");

      member.advance(Backoff.FIRST);
      assertThat(server.requests()).hasSize(2);
      member.advance(Backoff.FIRST.multipliedBy(2));
      assertThat(server.requests()).hasSize(3);
      assertThat(topic.committedOffset()).isEqualTo(1);
      assertThat(topic.calls("failed")).isEqualTo(2);
      assertThat(topic.status.note()).isEmpty();
    }
  }

  @Test
  void retryAfterIsHonouredInSecondsAndAsADate() {
    topic.add(ID, topic.now);
    Instant until = topic.now.plusSeconds(120).plusSeconds(600);
    String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(until.atOffset(ZoneOffset.UTC));
    List<String> waits = List.of("120", date, "soon");
    int[] calls = {0};
    Function<Request, Answer> busy =
        request ->
            calls[0] < waits.size()
                ? new Answer(429, Map.of("Retry-After", waits.get(calls[0]++)), "")
                : Answer.of(200);
    try (TestReceiver server = new TestReceiver(busy)) {
      Member member = topic.new Member(server.webhook());
      member.step();
      member.advance(Duration.ofSeconds(119));
      assertThat(server.requests()).hasSize(1);
      member.advance(Duration.ofSeconds(1));
      assertThat(server.requests()).hasSize(2);
      member.advance(Duration.ofSeconds(599));
      assertThat(server.requests()).hasSize(2);
      member.advance(Duration.ofSeconds(1));
      assertThat(server.requests()).hasSize(3);
      // The header that is neither a number nor a date is ignored.
      member.advance(Backoff.FIRST.multipliedBy(4));
      assertThat(topic.committedOffset()).isEqualTo(1);
    }
  }

  @Test
  void anUnreachableReceiverIsWaitedForInTheGroup() {
    topic.add(ID, topic.now);
    topic.add("second", topic.now);
    TestReceiver closed = new TestReceiver(TestReceiver.statuses(200));
    int port = closed.port();
    closed.close();
    Member member = topic.new Member(closed.webhook());
    member.step();
    for (int hour = 0; hour < 24; hour++) {
      member.advance(Duration.ofHours(1));
      assertThat(member.paused()).isEqualTo(TriggerTopic.only());
    }
    assertThat(topic.calls("failed")).isEqualTo(25);
    assertThat(topic.status.note()).contains("does not answer: ConnectException");
    assertThat(topic.metric("pending_seconds")).isEqualTo(24 * 3_600);
    assertThat(topic.committedOffset()).isZero();

    try (TestReceiver open = new TestReceiver(port, TestReceiver.statuses(200))) {
      member.advance(Duration.ofHours(1));
      member.steps(2);
      assertThat(open.requests()).hasSize(2);
      assertThat(topic.committedOffset()).isEqualTo(2);
      assertThat(topic.metric("pending_seconds")).isZero();
    }
  }

  @Test
  void retryAfterDelaysACallByAtMostAnHour() {
    topic.add(ID, topic.now);
    List<String> waits =
        List.of("9".repeat(30), "3601", "Fri, 31 Dec 9999 23:59:59 GMT", "3600", "0", "-1");
    int[] calls = {0};
    Function<Request, Answer> busy =
        request ->
            calls[0] < waits.size()
                ? new Answer(503, Map.of("Retry-After", waits.get(calls[0]++)), "")
                : Answer.of(200);
    try (TestReceiver server = new TestReceiver(busy)) {
      Member member = topic.new Member(server.webhook());
      member.step();
      for (int hour = 1; hour <= 4; hour++) {
        member.advance(HttpCaller.LONGEST_RETRY_AFTER.minusMillis(1));
        assertThat(server.requests()).hasSize(hour);
        member.advance(Duration.ofMillis(1));
        assertThat(server.requests()).hasSize(hour + 1);
      }
      member.advance(Backoff.LONGEST);
      member.advance(Backoff.LONGEST);
      assertThat(topic.committedOffset()).isEqualTo(1);
    }
  }

  @Test
  void wrongCredentialsAreWaitedForAndNotShown() {
    topic.add(ID, topic.now);
    topic.add("second", topic.now);
    Map<String, String> environment = new HashMap<>(Map.of("RETRAIN_TOKEN", "s3cret\n"));
    Authorization authorization =
        new Authorization(
            new Credentials.Token(new Secret.OfEnvironment("RETRAIN_TOKEN")),
            new Secrets(environment));
    Function<Request, Answer> receiver =
        request ->
            "Bearer n3w".equals(request.header("Authorization"))
                ? Answer.of(200)
                : new Answer(401, Map.of(), "got " + request.headers());
    try (TestReceiver server = new TestReceiver(receiver)) {
      Member member = topic.new Member(server.webhook(authorization));
      member.step();
      member.advance(Duration.ofHours(1));
      assertThat(server.requests()).hasSize(2);
      assertThat(topic.status.note())
          .contains(ID, "answered 401", "Bearer ***", "; check the token, the environment variable")
          .doesNotContain("s3cret");
      assertThat(topic.metric("pending_seconds")).isEqualTo(3_600);
      assertThat(topic.producer.history()).isEmpty();

      environment.put("RETRAIN_TOKEN", "n3w");
      member.advance(Duration.ofHours(1));
      member.step();
      assertThat(topic.committedOffset()).isEqualTo(2);
    }
  }

  @Test
  void aWrongUrlIsWaitedFor() {
    topic.add(ID, topic.now);
    Function<Request, Answer> moved =
        request -> new Answer(308, Map.of("Location", "/elsewhere?state=s3cret"), "");
    try (TestReceiver server = new TestReceiver(moved)) {
      topic.new Member(server.webhook()).step();
      assertThat(server.requests()).hasSize(1);
      assertThat(topic.status.note())
          .contains("answered 308; redirects are not followed, write the URL " + server.url())
          .contains("/elsewhere into retrain.call")
          .doesNotContain("s3cret");
      assertThat(topic.producer.history()).isEmpty();
    }
  }

  @Test
  void aTriggerThatIsNotAcceptedBecomesADeadLetterAndTheNextIsCalled() {
    topic.add(ID, topic.now);
    topic.add("second", topic.now);
    Function<Request, Answer> receiver =
        request ->
            request.body().contains(ID)
                ? new Answer(422, Map.of(), "no \u001b[31mmodel\nrefund")
                : Answer.of(200);
    try (TestReceiver server = new TestReceiver(receiver)) {
      topic.new Member(server.webhook()).steps(2);
      assertThat(topic.committedOffset()).isEqualTo(2);
      ProducerRecord<byte[], byte[]> letter = topic.producer.history().get(0);
      assertThat(topic.producer.history()).hasSize(1);
      assertThat(letter.topic()).isEqualTo("dead-letters");
      assertThat(letter.key()).isEqualTo(ID.getBytes(UTF_8));
      assertThat(TriggerTopic.header(letter, WireHeaders.ERROR_CODE)).isEqualTo("CALL_REFUSED");
      assertThat(TriggerTopic.header(letter, WireHeaders.ERROR_STAGE)).isEqualTo("retrain");
      assertThat(TriggerTopic.header(letter, WireHeaders.ERROR_DETAIL))
          .endsWith("/retrain answered 422: no [31mmodel refund");
      assertThat(topic.metric("dead_letters_total", "code", "CALL_REFUSED")).isEqualTo(1);
      assertThat(topic.calls("refused")).isEqualTo(1);
    }
  }

  /** Connections are accepted, and nothing is read or written. */
  @Test
  void triggersWaitInTheirOrderForAReceiverThatDoesNotAnswer() throws IOException {
    List<String> ids = List.of(ID, "second", "third");
    ids.forEach(id -> topic.add(id, topic.now));
    int[] port = {0};
    HttpCaller http = new HttpCaller(() -> topic.now, Duration.ofMillis(200));
    Member member =
        topic
        .new Member(
            (id, trigger) ->
                new Webhook(URI.create("http://127.0.0.1:" + port[0]), TestReceiver.ANONYMOUS, http)
                    .call(id, trigger));
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      port[0] = silent.getLocalPort();
      member.step();
      member.advance(Backoff.FIRST);
      assertThat(topic.calls("failed")).isEqualTo(2);
      assertThat(topic.status.note()).contains(ID, "no complete answer within 200 ms");
      assertThat(member.paused()).isEqualTo(TriggerTopic.only());
    }
    try (TestReceiver server = new TestReceiver(TestReceiver.statuses(200))) {
      port[0] = server.port();
      member.advance(Backoff.LONGEST);
      member.steps(2);
      assertThat(server.requests()).extracting(Request::id).containsExactly(ID, "second", "third");
      assertThat(topic.committedOffset()).isEqualTo(3);
    }
  }

  @Test
  void aRefusedTriggerIsNotCommittedWithoutItsDeadLetter() {
    topic.add(ID, topic.now);
    try (TestReceiver server = new TestReceiver(TestReceiver.statuses(400))) {
      Member member = topic.new Member(server.webhook());
      topic.producer.sendException = new TimeoutException("no broker");
      member.step();
      assertThat(topic.committedOffset()).isZero();
      topic.producer.sendException = null;
      member.advance(Backoff.FIRST);
      assertThat(topic.producer.history()).hasSize(1);
      assertThat(topic.committedOffset()).isEqualTo(1);
    }
  }
}
