package dev.millrace.deploy.retrain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.deploy.retrain.TestReceiver.Answer;
import dev.millrace.deploy.retrain.TestReceiver.Request;
import dev.millrace.deploy.retrain.TriggerTopic.Killed;
import dev.millrace.deploy.retrain.TriggerTopic.Member;
import dev.millrace.schemas.pipeline.Credentials;
import dev.millrace.schemas.pipeline.Secret;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.registry.RegistryUnavailable;
import dev.millrace.schemas.topics.WireHeaders;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class TriggerCallerTest {
  private static final String ID = "9b2f6a1c-1111-3333-8888-000000000001";

  private final TriggerTopic topic = new TriggerTopic();

  @Test
  void eachTriggerIsCalledOnceAndThenCommitted() {
    topic.add(ID, topic.now);
    topic.add("second", topic.now);
    try (TestReceiver server = new TestReceiver(TestReceiver.statuses(200, 202))) {
      Member member = topic.new Member(webhook(server));
      member.steps(3);

      assertThat(server.requests())
          .extracting(request -> request.header("Idempotency-key"))
          .containsExactly("\"" + ID + "\"", "\"second\"");
      assertThat(server.requests().get(0).body())
          .contains("\"id\":\"" + ID + "\"", "\"published_at\":\"2026-03-02T00:00:00Z\"");
      assertThat(topic.committedOffset()).isEqualTo(2);
      assertThat(topic.calls("accepted")).isEqualTo(2);
      assertThat(member.paused()).isEmpty();
    }
  }

  @Test
  void a503IsCalledAgainAfterAPause() {
    topic.add(ID, topic.now);
    try (TestReceiver server = new TestReceiver(TestReceiver.statuses(503, 503, 200))) {
      Member member = topic.new Member(webhook(server));
      member.steps(3);
      assertThat(server.requests()).hasSize(1);
      assertThat(topic.committedOffset()).isZero();
      assertThat(topic.status.note()).contains(ID, "failed 1 times", "answered 503");

      advance(member, Backoff.FIRST);
      assertThat(server.requests()).hasSize(2);
      advance(member, Backoff.FIRST.multipliedBy(2));
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
      Member member = topic.new Member(webhook(server));
      member.step();
      advance(member, Duration.ofSeconds(119));
      assertThat(server.requests()).hasSize(1);
      advance(member, Duration.ofSeconds(1));
      assertThat(server.requests()).hasSize(2);
      advance(member, Duration.ofSeconds(599));
      assertThat(server.requests()).hasSize(2);
      advance(member, Duration.ofSeconds(1));
      assertThat(server.requests()).hasSize(3);
      // The header that is neither a number nor a date is ignored.
      advance(member, Backoff.FIRST.multipliedBy(4));
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
    Member member = topic.new Member(webhook(closed));
    member.step();
    for (int hour = 0; hour < 24; hour++) {
      advance(member, Duration.ofHours(1));
      assertThat(member.paused()).isEqualTo(TriggerTopic.only());
    }
    assertThat(topic.calls("failed")).isEqualTo(25);
    assertThat(topic.status.note()).contains("does not answer: ConnectException");
    assertThat(topic.metric("pending_seconds")).isEqualTo(24 * 3_600);
    assertThat(topic.committedOffset()).isZero();

    try (TestReceiver open = new TestReceiver(port, TestReceiver.statuses(200))) {
      advance(member, Duration.ofHours(1));
      member.steps(2);
      assertThat(open.requests()).hasSize(2);
      assertThat(topic.committedOffset()).isEqualTo(2);
      assertThat(topic.metric("pending_seconds")).isZero();
    }
  }

  @Test
  void aKillBetweenCallAndCommitStartsNoSecondRun() {
    topic.add(ID, topic.now);
    Set<String> runs = new HashSet<>();
    Function<Request, Answer> receiver =
        request ->
            Answer.of(runs.add(String.valueOf(request.header("Idempotency-key"))) ? 200 : 409);
    try (TestReceiver server = new TestReceiver(receiver)) {
      Member killed = topic.new Member(webhook(server));
      killed.dieBeforeTheCommit();
      assertThatThrownBy(killed::step).isInstanceOf(Killed.class);
      assertThat(topic.committedOffset()).isZero();

      topic.new Member(webhook(server)).step();
      assertThat(server.requests()).hasSize(2);
      assertThat(runs).hasSize(1);
      assertThat(topic.calls("known")).isEqualTo(1);
      assertThat(topic.committedOffset()).isEqualTo(1);
    }
  }

  @Test
  void aWrongTokenBecomesADeadLetterThatDoesNotContainIt() {
    topic.add(ID, topic.now);
    topic.add("second", topic.now);
    Authorization authorization =
        new Authorization(
            new Credentials.Token(new Secret.OfEnvironment("RETRAIN_TOKEN")),
            new Secrets(Map.of("RETRAIN_TOKEN", "s3cret\n")));
    try (TestReceiver server = new TestReceiver(TestReceiver.statuses(401, 200))) {
      Member member = topic.new Member(webhook(server, authorization));
      member.steps(2);

      assertThat(server.requests().get(0).header("Authorization")).isEqualTo("Bearer s3cret");
      assertThat(topic.committedOffset()).isEqualTo(2);
      ProducerRecord<byte[], byte[]> letter = topic.producer.history().get(0);
      assertThat(topic.producer.history()).hasSize(1);
      assertThat(letter.topic()).isEqualTo("dead-letters");
      assertThat(letter.key()).isEqualTo(ID.getBytes(UTF_8));
      assertThat(header(letter, WireHeaders.ERROR_CODE)).isEqualTo("CALL_REFUSED");
      assertThat(header(letter, WireHeaders.ERROR_STAGE)).isEqualTo("retrain");
      assertThat(header(letter, WireHeaders.ERROR_DETAIL))
          .contains("answered 401; check the token, the environment variable RETRAIN_TOKEN")
          .doesNotContain("s3cret");
      assertThat(topic.metric("dead_letters_total", "code", "CALL_REFUSED")).isEqualTo(1);
    }
  }

  @Test
  void aRedirectIsNotFollowed() {
    topic.add(ID, topic.now);
    Function<Request, Answer> moved =
        request -> new Answer(308, Map.of("Location", "/elsewhere"), "");
    try (TestReceiver server = new TestReceiver(moved)) {
      topic.new Member(webhook(server)).step();
      assertThat(server.requests()).hasSize(1);
      assertThat(header(topic.producer.history().get(0), WireHeaders.ERROR_DETAIL))
          .contains("answered 308; redirects are not followed, write the URL /elsewhere");
    }
  }

  @Test
  void anOldTriggerIsNotCalled() {
    topic.add("old", topic.now.minus(TriggerTopic.MAX_AGE).minusMillis(1));
    topic.add(ID, topic.now.minus(TriggerTopic.MAX_AGE));
    try (TestReceiver server = new TestReceiver(TestReceiver.statuses(200))) {
      topic.new Member(webhook(server)).steps(2);
      assertThat(server.requests())
          .extracting(request -> request.header("Idempotency-key"))
          .containsExactly("\"" + ID + "\"");
      assertThat(topic.metric("expired_triggers_total")).isEqualTo(1);
      assertThat(topic.committedOffset()).isEqualTo(2);
    }
  }

  @Test
  void anUnreadableRecordBecomesADeadLetter() {
    topic.add("broken", new byte[] {7, 0, 0, 0, 1, 2});
    try (TestReceiver server = new TestReceiver(TestReceiver.statuses(200))) {
      topic.new Member(webhook(server)).step();
      assertThat(server.requests()).isEmpty();
      assertThat(header(topic.producer.history().get(0), WireHeaders.ERROR_CODE))
          .isEqualTo("BAD_MAGIC");
      assertThat(topic.committedOffset()).isEqualTo(1);
    }
  }

  @Test
  void anOutageOfTheRegistryIsWaitedFor() {
    topic.add(ID, topic.now);
    boolean[] isDown = {true};
    Registry registry =
        (Registry)
            Proxy.newProxyInstance(
                Registry.class.getClassLoader(),
                new Class<?>[] {Registry.class},
                (proxy, method, arguments) -> {
                  if (isDown[0]) {
                    throw new RegistryUnavailable("the registry is down");
                  }
                  return method.invoke(topic.registry, arguments);
                });
    try (TestReceiver server = new TestReceiver(TestReceiver.statuses(200))) {
      Member member = topic.new Member(webhook(server), registry);
      member.step();
      assertThat(topic.status.note()).contains("triggers-0@0", "the registry is down");
      isDown[0] = false;
      advance(member, Backoff.FIRST);
      assertThat(topic.committedOffset()).isEqualTo(1);
    }
  }

  @Test
  void aRefusedTriggerIsNotCommittedWithoutItsDeadLetter() {
    topic.add(ID, topic.now);
    try (TestReceiver server = new TestReceiver(TestReceiver.statuses(404))) {
      Member member = topic.new Member(webhook(server));
      topic.producer.sendException = new TimeoutException("no broker");
      member.step();
      assertThat(topic.committedOffset()).isZero();
      topic.producer.sendException = null;
      advance(member, Backoff.FIRST);
      assertThat(topic.producer.history()).hasSize(1);
      assertThat(topic.committedOffset()).isEqualTo(1);
    }
  }

  @Test
  void aTriggerOfAPartitionThatIsTakenAwayIsLeftToTheOtherMember() {
    topic.add(ID, topic.now);
    try (TestReceiver server = new TestReceiver(TestReceiver.statuses(503, 200))) {
      Member first = topic.new Member(webhook(server));
      first.step();
      first.remove();
      advance(first, Backoff.LONGEST);
      assertThat(server.requests()).hasSize(1);
      assertThat(topic.status.note()).isEmpty();

      topic.new Member(webhook(server)).step();
      assertThat(server.requests()).hasSize(2);
      assertThat(topic.committedOffset()).isEqualTo(1);
    }
  }

  private static Receiver webhook(TestReceiver server) {
    return webhook(server, new Authorization(null, new Secrets(Map.of())));
  }

  private static Receiver webhook(TestReceiver server, Authorization authorization) {
    InstantSource clock = () -> TriggerTopic.START.plusSeconds(120);
    return new Webhook(URI.create(server.url() + "/retrain"), authorization, new HttpCaller(clock));
  }

  private void advance(Member member, Duration time) {
    topic.now = topic.now.plus(time);
    member.step();
  }

  private static String header(ProducerRecord<byte[], byte[]> record, String name) {
    return String.valueOf(WireHeaders.text(record.headers(), name));
  }
}
