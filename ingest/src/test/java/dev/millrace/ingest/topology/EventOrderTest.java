package dev.millrace.ingest.topology;

import static dev.millrace.ingest.topology.IngestHarness.header;
import static dev.millrace.ingest.topology.ShopPayments.CLEAN;
import static dev.millrace.ingest.topology.ShopPayments.LATE;
import static dev.millrace.ingest.topology.ShopPayments.LATENESS;
import static dev.millrace.ingest.topology.ShopPayments.NOON;
import static dev.millrace.ingest.topology.ShopPayments.payment;
import static dev.millrace.ingest.topology.ShopPayments.with;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.pipeline.LatePolicy;
import dev.millrace.schemas.topics.WireHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Late events and duplicates, with and without the hop through the rekeyed topic. */
class EventOrderTest {
  private static final Duration TICK = Duration.ofMillis(1);

  private IngestHarness ingest = new IngestHarness(ShopPayments.pipeline(1, LatePolicy.TOPIC));

  @AfterEach
  void close() {
    ingest.close();
  }

  private void restart(int partitions, LatePolicy late) {
    ingest.close();
    ingest = new IngestHarness(ShopPayments.pipeline(partitions, late));
  }

  /** Advances the event clock to a time with three events. */
  private void reach(Instant time) {
    for (int i = 0; i < 3; i++) {
      ingest.send(payment("newest" + i, "alice", time));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 1000})
  void eventsBehindThePartitionByMoreThanLatenessAreWrittenToTheLateTopic(int partitions) {
    restart(partitions, LatePolicy.TOPIC);
    Instant bound = NOON.minus(LATENESS);
    reach(NOON);
    ingest.send(payment("in time", "bob", bound));
    ingest.send(payment("late", "bob", bound.minus(TICK)));

    assertThat(ingest.ids(CLEAN)).containsExactly("newest0", "newest1", "newest2", "in time");
    TestRecord<byte[], byte[]> late = ingest.read(LATE).get(0);
    assertThat(ingest.event(late).get("payment_id")).hasToString("late");
    assertThat(late.key()).isEqualTo("bob".getBytes(UTF_8));
    assertThat(late.timestamp()).isEqualTo(bound.minus(TICK).toEpochMilli());
    assertThat(header(late, "millrace.source")).isEqualTo("payments");
    assertThat(header(late, "millrace.event-clock")).isEqualTo(String.valueOf(NOON.toEpochMilli()));
    assertThat(ingest.count(IngestResult.LATE, "")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1000})
  void lateEventsAreWrittenToTheCleanTopicIfTheSourceScoresThem(int partitions) {
    restart(partitions, LatePolicy.SCORE);
    reach(NOON);
    ingest.send(payment("late", "bob", NOON.minus(LATENESS).minus(TICK)));

    assertThat(ingest.ids(CLEAN)).containsExactly("newest0", "newest1", "newest2", "late");
    assertThat(ingest.read(LATE)).isEmpty();
    assertThat(ingest.count(IngestResult.ACCEPTED, "LATE")).isEqualTo(1);
  }

  @Test
  void rejectedEventsDoNotMoveTheEventClock() {
    for (int i = 0; i < 4; i++) {
      ingest.send(with(payment("broken" + i, "alice", NOON), "amount", -1.0));
      ingest.send(payment("ahead" + i, "alice", NOON.plus(Duration.ofHours(2))));
    }
    ingest.send(payment("old", "alice", NOON.minus(LATENESS).minus(TICK)));

    assertThat(ingest.ids(CLEAN)).containsExactly("old");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1000})
  void anIdIsAcceptedOncePerHour(int partitions) {
    restart(partitions, LatePolicy.TOPIC);
    ingest.send(payment("p"));
    ingest.send(payment("p"));
    ingest.advance(Duration.ofHours(1).minus(TICK));
    ingest.send(payment("p"));
    assertThat(ingest.ids(CLEAN)).containsExactly("p");
    assertThat(ingest.count(IngestResult.DUPLICATE, "")).isEqualTo(2);

    ingest.advance(TICK);
    ingest.send(payment("p"));
    assertThat(ingest.ids(CLEAN)).containsExactly("p");
    assertThat(ingest.count(IngestResult.ACCEPTED, "")).isEqualTo(2);
  }

  @Test
  void aLateEventIsWrittenOncePerHour() {
    reach(NOON);
    ingest.send(payment("late", "alice", NOON.minus(Duration.ofHours(1))));
    ingest.send(payment("late", "alice", NOON.minus(Duration.ofHours(1))));

    assertThat(ingest.ids(LATE)).containsExactly("late");
    assertThat(ingest.count(IngestResult.DUPLICATE, "")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1000})
  void aCleanEventIsKeyedByItsFieldAndHasItsPublicationTime(int partitions) {
    restart(partitions, LatePolicy.TOPIC);
    RecordHeaders headers = new RecordHeaders();
    headers.add("traceparent", "00-1".getBytes(UTF_8));
    headers.add("millrace.published", "7".getBytes(UTF_8));
    headers.add("millrace.rekey.late", "1".getBytes(UTF_8));
    headers.add("millrace.arrival", "7".getBytes(UTF_8));
    Instant before = NOON.minusSeconds(9);
    ingest.send("other".getBytes(UTF_8), ingest.encode(payment("p", "alice", before)), headers);

    TestRecord<byte[], byte[]> clean = ingest.read(CLEAN).get(0);
    assertThat(clean.key()).isEqualTo("alice".getBytes(UTF_8));
    assertThat(clean.timestamp()).isEqualTo(before.toEpochMilli());
    assertThat(header(clean, "traceparent")).isEqualTo("00-1");
    assertThat(clean.headers().headers("millrace.published")).hasSize(1);
    assertThat(header(clean, "millrace.published")).isEqualTo(String.valueOf(NOON.toEpochMilli()));
    assertThat(header(clean, "millrace.event-clock")).isEqualTo("0");
    assertThat(header(clean, "millrace.arrival")).isEqualTo("0");
    assertThat(clean.headers().toArray()).hasSize(4);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1000})
  void aCleanEventHasTheEventClockThatItWasJudgedBy(int partitions) {
    restart(partitions, LatePolicy.TOPIC);
    List<Instant> times =
        List.of(
            NOON.minusSeconds(50),
            NOON.plusSeconds(3000),
            NOON.minusSeconds(40),
            NOON.minusSeconds(30),
            NOON.plusSeconds(3000),
            NOON.minusSeconds(20));
    for (int i = 0; i < times.size(); i++) {
      RecordHeaders forged = new RecordHeaders();
      forged.add("millrace.event-clock", "7".getBytes(UTF_8));
      forged.add("millrace.rekey.clock", "7".getBytes(UTF_8));
      ingest.send(null, ingest.encode(payment("p" + i, "alice", times.get(i))), forged);
    }
    assertThat(
            ingest.read(CLEAN).stream()
                .map(clean -> WireHeaders.eventClock(clean.headers(), -1))
                .map(millis -> millis == 0 ? 0L : millis - NOON.toEpochMilli()))
        .containsExactly(0L, 0L, -50_000L, -40_000L, -40_000L, -30_000L);
  }

  @Test
  void onlyEventsOnAnotherPartitionAreRekeyed() {
    ingest.send(payment("p"));
    assertThat(ingest.read(ShopPayments.REKEYED)).isEmpty();

    restart(1000, LatePolicy.TOPIC);
    ingest.send(payment("p"));
    assertThat(ingest.read(ShopPayments.REKEYED))
        .singleElement()
        .satisfies(moved -> assertThat(moved.key()).isEqualTo("alice".getBytes(UTF_8)));
    assertThat(
            ingest.counters.getSampleValue(
                "millrace_ingest_rekeyed_total",
                new String[] {"pipeline", "source"},
                new String[] {"shop", "payments"}))
        .isEqualTo(1.0);
  }
}
