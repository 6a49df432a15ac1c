package dev.millrace.deploy.retrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.deploy.retrain.TestReceiver.Answer;
import dev.millrace.deploy.retrain.TestReceiver.Request;
import dev.millrace.deploy.retrain.TriggerTopic.Killed;
import dev.millrace.deploy.retrain.TriggerTopic.Member;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.registry.RegistryUnavailable;
import dev.millrace.schemas.topics.WireHeaders;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Which triggers are called, how often and in which order. */
class TriggerCallerTest {
  private static final String ID = "9b2f6a1c-1111-3333-8888-000000000001";

  private final TriggerTopic topic = new TriggerTopic();

  @Test
  void eachTriggerIsCalledOnceAndThenCommitted() {
    topic.add(ID, topic.now);
    topic.add("second", topic.now);
    try (TestReceiver server = new TestReceiver(TestReceiver.statuses(200, 202))) {
      Member member = topic.new Member(server.webhook());
      member.steps(3);

      assertThat(server.requests()).extracting(Request::id).containsExactly(ID, "second");
      assertThat(server.requests().get(0).header("Idempotency-key")).isEqualTo('"' + ID + '"');
      assertThat(server.requests().get(0).body())
          .contains("\"id\":\"" + ID + "\"", "\"published_at\":\"2026-03-02T00:00:00Z\"");
      assertThat(topic.committedOffset()).isEqualTo(2);
      assertThat(topic.calls("accepted")).isEqualTo(2);
      assertThat(member.paused()).isEmpty();
    }
  }

  /**
   * The receiver works longer than this process lives, and refuses another body for a known key.
   */
  @Test
  void aKillBetweenCallAndCommitRepeatsTheSameRequest() {
    topic.add(ID, topic.now);
    Set<String> runs = new HashSet<>();
    Map<String, String> bodies = new HashMap<>();
    Function<Request, Answer> receiver =
        request -> {
          String key = request.id();
          String first = bodies.putIfAbsent(key, request.body());
          if (first == null) {
            return Answer.of(200);
          }
          // draft-ietf-httpapi-idempotency-key-header, 2.7: another payload, and a request in work.
          return Answer.of(!first.equals(request.body()) ? 422 : runs.add(key) ? 409 : 200);
        };
    try (TestReceiver server = new TestReceiver(receiver)) {
      Member killed = topic.new Member(server.webhook());
      killed.killBeforeCommit();
      assertThatThrownBy(killed::step).isInstanceOf(Killed.class);
      assertThat(topic.committedOffset()).isZero();

      Member next = topic.new Member(server.webhook());
      next.step();
      assertThat(topic.status.note()).contains("answered 409");
      assertThat(topic.committedOffset()).isZero();
      next.advance(Backoff.FIRST);
      assertThat(server.requests()).hasSize(3);
      assertThat(server.requests()).extracting(Request::body).containsOnly(bodies.get(ID));
      assertThat(topic.producer.history()).isEmpty();
      assertThat(topic.committedOffset()).isEqualTo(1);
    }
  }

  /** After a crash of the drift job, with late records in between. */
  @Test
  void aTriggerThatIsWrittenAgainIsCalledAsItWasFirst() {
    topic.add(ID, topic.now, 5);
    topic.add(ID, topic.now.plusSeconds(9), 6);
    topic.add("second", topic.now);
    topic.add(ID, topic.now.plusSeconds(99), 7);
    topic.add("third", topic.now);
    try (TestReceiver server = new TestReceiver(TestReceiver.statuses(200, 200, 503, 200))) {
      Member first = topic.new Member(server.webhook());
      first.steps(2);
      assertThat(topic.committedOffset()).isEqualTo(2);

      // It does not know from its own calls what was called for.
      Member restarted = topic.new Member(server.webhook());
      restarted.steps(4);
      restarted.advance(Backoff.FIRST);
      assertThat(server.requests())
          .extracting(Request::id)
          .containsExactly(ID, "second", "third", "third");
      assertThat(server.requests().get(0).body()).contains("\"labels\":5,");
      assertThat(server.requests().get(2).body()).isEqualTo(server.requests().get(3).body());
      assertThat(topic.metric("repeated_triggers_total")).isEqualTo(1);
      assertThat(topic.committedOffset()).isEqualTo(5);
    }
  }

  @Test
  void anOldTriggerIsNotCalled() {
    topic.add("old", topic.now.minus(TriggerTopic.MAX_AGE).minusMillis(1));
    topic.add(ID, topic.now.minus(TriggerTopic.MAX_AGE));
    try (TestReceiver server = new TestReceiver(TestReceiver.statuses(200))) {
      topic.new Member(server.webhook()).steps(2);
      assertThat(server.requests()).extracting(Request::id).containsExactly(ID);
      assertThat(topic.metric("expired_triggers_total")).isEqualTo(1);
      assertThat(topic.committedOffset()).isEqualTo(2);
    }
  }

  @Test
  void anUnreadableRecordBecomesADeadLetter() {
    topic.add("broken", new byte[] {7, 0, 0, 0, 1, 2});
    try (TestReceiver server = new TestReceiver(TestReceiver.statuses(200))) {
      topic.new Member(server.webhook()).step();
      assertThat(server.requests()).isEmpty();
      assertThat(TriggerTopic.header(topic.producer.history().get(0), WireHeaders.ERROR_CODE))
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
      Member member = topic.new Member(server.webhook(), registry);
      member.step();
      assertThat(topic.status.note()).contains("triggers-0@0", "the registry is down");
      isDown[0] = false;
      member.advance(Backoff.FIRST);
      assertThat(topic.committedOffset()).isEqualTo(1);
    }
  }

  @Test
  void aTriggerOfAPartitionThatIsTakenAwayIsLeftToTheOtherMember() {
    topic.add(ID, topic.now);
    try (TestReceiver server = new TestReceiver(TestReceiver.statuses(503, 200))) {
      Member first = topic.new Member(server.webhook());
      first.step();
      first.remove();
      first.advance(Backoff.LONGEST);
      assertThat(server.requests()).hasSize(1);
      assertThat(topic.status.note()).isEmpty();

      topic.new Member(server.webhook()).step();
      assertThat(server.requests()).hasSize(2);
      assertThat(topic.committedOffset()).isEqualTo(1);
    }
  }
}
