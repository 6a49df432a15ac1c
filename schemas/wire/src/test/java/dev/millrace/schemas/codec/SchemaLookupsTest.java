package dev.millrace.schemas.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.registry.Registry.Lookup;
import dev.millrace.schemas.registry.RegistryUnavailable;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaLookupsTest {
  private static final String SUBJECT = "payments-value";
  private static final Duration TICK = Duration.ofMillis(100);

  /** A registry with the schemas that a test adds, which answers unless the test stops it. */
  private static final class Fake implements Registry {
    final Map<Integer, Lookup.Found> held = new HashMap<>();
    final List<Integer> calls = new ArrayList<>();
    boolean up = true;

    void hold(int id, String subject) {
      held.put(id, new Lookup.Found("AVRO", "\"string\"", Set.of(subject)));
    }

    @Override
    public Lookup lookup(int id) {
      calls.add(id);
      if (!up) {
        throw new RegistryUnavailable("down");
      }
      Lookup.Found found = held.get(id);
      return found == null ? new Lookup.Unknown() : found;
    }

    @Override
    public int register(String subject, Schema schema) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void requireBackwardCompatibility(String subject) {
      throw new UnsupportedOperationException();
    }
  }

  private final Fake registry = new Fake();
  private final Queue<Runnable> hanging = new ArrayDeque<>();
  private Duration now = Duration.ZERO;
  private boolean hangs;

  private final SchemaLookups lookups =
      new SchemaLookups(registry, this::execute, () -> now.toNanos(), Duration.ZERO);

  private void execute(Runnable call) {
    if (hangs) {
      hanging.add(call);
    } else {
      call.run();
    }
  }

  private SchemaAnswer lookUp(int id) {
    return lookups.answer(SUBJECT, id);
  }

  /** Requests the lookup at every tick, as a service with waiting records does. */
  private SchemaAnswer askFor(Duration duration, int id) {
    SchemaAnswer answer = lookUp(id);
    for (Duration end = now.plus(duration); now.compareTo(end) < 0; now = now.plus(TICK)) {
      answer = lookUp(id);
    }
    return answer;
  }

  private static void assertRejected(SchemaAnswer answer, RejectionCode code) {
    assertThat(answer)
        .isInstanceOfSatisfying(
            SchemaAnswer.NotAccepted.class,
            notAccepted -> assertThat(notAccepted.reason().code()).isEqualTo(code));
  }

  @Test
  void aSchemaIsLookedUpOnce() {
    registry.hold(1, SUBJECT);
    assertThat(lookUp(1)).isInstanceOf(SchemaAnswer.Accepted.class);
    assertThat(lookUp(1)).isInstanceOf(SchemaAnswer.Accepted.class);
    assertThat(registry.calls).containsExactly(1);
  }

  @Test
  void anIdIsUnknownAfterThreeAnswersSpreadOverASecond() {
    assertThat(askFor(Duration.ofMillis(900), 7)).isInstanceOf(SchemaAnswer.Pending.class);
    assertThat(registry.calls).containsExactly(7, 7);
    assertRejected(askFor(Duration.ofMillis(300), 7), RejectionCode.SCHEMA_UNKNOWN);
    assertThat(registry.calls).containsExactly(7, 7, 7);
    assertRejected(askFor(Duration.ofSeconds(9), 7), RejectionCode.SCHEMA_UNKNOWN);
    assertThat(registry.calls).hasSize(3);
  }

  @Test
  void aSchemaThatIsRegisteredAMomentLaterIsUsed() {
    assertThat(lookUp(7)).isInstanceOf(SchemaAnswer.Pending.class);
    registry.hold(7, "other-value");
    assertThat(askFor(Duration.ofMillis(600), 7)).isInstanceOf(SchemaAnswer.Pending.class);
    registry.hold(7, SUBJECT);
    assertThat(askFor(Duration.ofMillis(600), 7)).isInstanceOf(SchemaAnswer.Accepted.class);
  }

  @Test
  void looksUpASchemaOfAnotherSubjectThreeTimesToo() {
    registry.hold(7, "other-value");
    assertThat(lookUp(7)).isInstanceOf(SchemaAnswer.Pending.class);
    assertRejected(askFor(Duration.ofMillis(1_200), 7), RejectionCode.SUBJECT_MISMATCH);
    assertThat(registry.calls).hasSize(3);
  }

  @Test
  void looksUpARejectedIdAgainLater() {
    assertRejected(askFor(Duration.ofMillis(1_200), 7), RejectionCode.SCHEMA_UNKNOWN);
    registry.hold(7, SUBJECT);
    assertThat(askFor(Duration.ofSeconds(11), 7)).isInstanceOf(SchemaAnswer.Accepted.class);
  }

  @Test
  void anOutageRejectsNothingAndItsEndIsDetected() {
    registry.up = false;
    for (int id = 1; id <= 1_000; id++) {
      assertThat(lookUp(id)).isInstanceOf(SchemaAnswer.Pending.class);
    }
    assertThat(registry.calls).as("no call for a while after a failure").containsExactly(1);
    assertThat(askFor(Duration.ofMinutes(10), 7)).isInstanceOf(SchemaAnswer.Pending.class);
    assertThat(registry.calls).hasSizeBetween(100, 130);

    registry.up = true;
    registry.hold(7, SUBJECT);
    assertThat(askFor(Duration.ofSeconds(6), 7)).isInstanceOf(SchemaAnswer.Accepted.class);
  }

  @Test
  void aRegistryThatHangsDoesNotBlockCallers() {
    registry.hold(1, SUBJECT);
    lookUp(1);
    hangs = true;
    assertThat(lookUp(2)).isInstanceOf(SchemaAnswer.Pending.class);
    assertThat(lookUp(3)).isInstanceOf(SchemaAnswer.Pending.class);
    assertThat(lookUp(1)).isInstanceOf(SchemaAnswer.Accepted.class);
    askFor(Duration.ofSeconds(5), 2);
    assertThat(hanging).as("one call at a time").hasSize(1);

    registry.up = false;
    hanging.forEach(Runnable::run);
    assertThat(registry.calls).as("no second call after the first failed").containsExactly(1, 2);
  }

  @Test
  void randomIdsAreBoundedAndDoNotDisplaceOthers() {
    registry.hold(1, SUBJECT);
    lookUp(1);
    for (int id = 1_000; id < 101_000; id++) {
      assertThat(lookUp(id)).isNotInstanceOf(SchemaAnswer.Accepted.class);
    }
    assertThat(registry.calls).as("calls in one second").hasSizeLessThanOrEqualTo(1_000);
    registry.up = false;
    assertThat(lookUp(1)).isInstanceOf(SchemaAnswer.Accepted.class);
  }

  @Test
  void manyRandomIdsAreRejectedAfterOneAnswer() {
    List<Integer> waiting = new ArrayList<>();
    for (int id = 1_000; id < 1_500; id++) {
      waiting.add(id);
    }
    for (int tick = 0; tick < 300 && !waiting.isEmpty(); tick++, now = now.plus(TICK)) {
      waiting.removeIf(id -> lookUp(id) instanceof SchemaAnswer.NotAccepted);
    }
    assertThat(waiting).isEmpty();
    assertThat(registry.calls).hasSizeBetween(500, 700);
  }

  @Test
  void looksUpAnIdOfSeveralRecordsFirstAndThreeTimesAmongRandomIds() {
    hangs = true;
    for (int id = 1_000; id < 1_500; id++) {
      lookUp(id);
    }
    for (int record = 0; record < 3; record++) {
      lookUp(7);
    }
    hangs = false;
    hanging.forEach(Runnable::run);
    assertThat(registry.calls).startsWith(7);
    assertThat(lookUp(7)).isInstanceOf(SchemaAnswer.Pending.class);
    registry.hold(7, SUBJECT);
    assertThat(askFor(Duration.ofMillis(600), 7)).isInstanceOf(SchemaAnswer.Accepted.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 40, 120, 450})
  void aSlowRegistryBlocksItsCallersForASmallShareOfTheTime(int latencyMillis) {
    Duration[] waited = {Duration.ZERO};
    SchemaLookups slow =
        new SchemaLookups(
            registry,
            hanging::add,
            () -> now.toNanos(),
            Duration.ofMillis(50),
            (done, mostNanos) -> {
              Duration latency = Duration.ofMillis(latencyMillis);
              Duration most = Duration.ofNanos(mostNanos);
              Duration wait = latency.compareTo(most) < 0 ? latency : most;
              waited[0] = waited[0].plus(wait);
              now = now.plus(wait);
              if (latency.compareTo(most) <= 0) {
                hanging.forEach(Runnable::run);
                hanging.clear();
              }
            });
    for (int id = 0; now.compareTo(Duration.ofMinutes(1)) < 0; id++) {
      slow.answer(SUBJECT, 1_000 + id);
      now = now.plusMillis(50);
      hanging.forEach(Runnable::run);
      hanging.clear();
    }
    assertThat(waited[0]).isBetween(Duration.ofMillis(1), Duration.ofMillis(60 * 50 + 50));
  }

  @Test
  void dropsAbandonedLookupsForNewOnes() {
    registry.up = false;
    for (int id = 1_000; id < 11_000; id++) {
      lookUp(id);
    }
    registry.up = true;
    registry.hold(1, SUBJECT);
    assertThat(lookUp(1)).isInstanceOf(SchemaAnswer.Pending.class);
    assertThat(askFor(Duration.ofSeconds(30), 1)).isInstanceOf(SchemaAnswer.Accepted.class);
  }
}
