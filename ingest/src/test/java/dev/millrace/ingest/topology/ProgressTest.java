package dev.millrace.ingest.topology;

import static dev.millrace.ingest.topology.IngestHarness.header;
import static dev.millrace.ingest.topology.ShopPayments.LATENESS;
import static dev.millrace.ingest.topology.ShopPayments.NOON;
import static dev.millrace.ingest.topology.ShopPayments.payment;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.pipeline.LatePolicy;
import dev.millrace.schemas.topics.Progress;
import dev.millrace.schemas.topics.WireHeaders;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When progress is written, and where to. Three partitions, and two arrival partitions. */
class ProgressTest {
  private static final Duration SOON = Duration.ofMillis(600);
  private static final long PROGRESS = NOON.minus(LATENESS).toEpochMilli();

  private final CrashingTasks tasks =
      new CrashingTasks(ShopPayments.pipeline(3, LatePolicy.TOPIC), 2);
  private int events;

  @AfterEach
  void close() {
    tasks.close();
  }

  @Test
  void eachArrivalPartitionWritesToEachPartitionAtItsStart() {
    passAll(Duration.ofMillis(100));
    for (int partition = 0; partition < 3; partition++) {
      assertThat(progress(partition))
          .containsExactlyInAnyOrder(
              new Progress(0, 2, Progress.NONE, false, 0),
              new Progress(1, 2, Progress.NONE, false, 0));
    }
  }

  /** Such a partition feeds no partition of its own number. */
  @Test
  void anArrivalPartitionBeyondThePartitionsWritesThroughTheRekeyedTopic() {
    try (CrashingTasks wide = new CrashingTasks(ShopPayments.pipeline(1, LatePolicy.TOPIC), 2)) {
      wide.pass(SOON, 1);
      wide.commit(1);
      assertThat(wide.clean(0)).isEmpty();
      assertThat(wide.readRekeyed(0)).isTrue();
      wide.commit(0);
      assertThat(wide.clean(0)).hasSize(1);
    }
  }

  @Test
  void aChangeIsWrittenBehindTheEventsAndRepeated() {
    passAll(SOON);
    threeEvents(1);
    passAll(SOON);
    for (int partition = 0; partition < 3; partition++) {
      assertThat(progress(partition)).contains(new Progress(1, 2, PROGRESS, false, 0));
    }
    int before = progress(0).size();
    passAll(Duration.ofSeconds(1));
    assertThat(progress(0)).hasSize(before);
    passAll(Duration.ofSeconds(10));
    assertThat(progress(0)).hasSize(before + 2);
  }

  @Test
  void aSilentPartitionIsIdleOnlyWithEvidenceAndActiveBeforeItsNextEvent() {
    threeEvents(1);
    tasks.arrivals.answers = false;
    passAll(SOON);
    passAll(Duration.ofMinutes(1));
    assertThat(last(0, 1)).isEqualTo(new Progress(1, 2, PROGRESS, false, 0));

    tasks.arrivals.answers = true;
    passAll(SOON);
    passAll(SOON);
    assertThat(last(0, 1)).isEqualTo(new Progress(1, 2, PROGRESS, true, 0));

    int before = tasks.clean(1).size();
    event(1, payment("next", accountOn(1), NOON));
    tasks.read(1);
    tasks.commit(1);
    List<Record<byte[], byte[]>> written = tasks.clean(1).subList(before, tasks.clean(1).size());
    assertThat(read(written.get(0).headers())).isEqualTo(new Progress(1, 2, PROGRESS, false, 0));
    assertThat(written.get(1).value()).isNotNull();
  }

  /** An event that waits for its schema may be as old as the clock allowed when it was read. */
  @Test
  void parkedEventsHoldBackTheProgressOfTheirPartitionAndWhatIsBehindThem() {
    threeEvents(0);
    threeEvents(1);
    passAll(SOON);
    passAll(SOON);
    tasks.registryAnswers(0, false);
    tasks.registry().register(ShopPayments.TOPIC + "-value", ShopPayments.newerSchema());
    event(0, ShopPayments.newer("parked", accountOn(0), NOON.minus(LATENESS)));
    tasks.read(0);
    for (int arrival = 0; arrival < 2; arrival++) {
      for (int i = 0; i < 3; i++) {
        event(arrival, payment("p" + events++, accountOn(arrival), NOON.minusSeconds(-60)));
      }
    }
    passAll(Duration.ofSeconds(2));
    passAll(SOON);
    assertThat(last(0, 0).timeMillis()).isEqualTo(PROGRESS);
    assertThat(last(0, 1).timeMillis()).isEqualTo(PROGRESS);
    assertThat(last(1, 1).timeMillis()).isEqualTo(last(2, 1).timeMillis());

    tasks.registryAnswers(0, true);
    for (int i = 0; i < 20; i++) {
      passAll(SOON);
    }
    assertThat(last(0, 0).timeMillis()).isGreaterThanOrEqualTo(PROGRESS);
    assertThat(tasks.clean(0)).anyMatch(each -> each.timestamp() == PROGRESS);
  }

  @Test
  void aProducersProgressMovesTheClock() {
    try (IngestHarness ingest = new IngestHarness(ShopPayments.pipeline(1, LatePolicy.TOPIC))) {
      ingest.send(null, null, promise(String.valueOf(PROGRESS)));
      ingest.send(payment("in time", "bob", NOON.minus(LATENESS)));
      ingest.send(payment("late", "bob", NOON.minus(LATENESS).minusMillis(1)));
      ingest.advance(SOON);

      assertThat(ingest.ids(ShopPayments.LATE)).containsExactly("late");
      assertThat(ingest.read(ShopPayments.DEAD_LETTERS)).isEmpty();
      assertThat(ingest.readAll(ShopPayments.CLEAN))
          .last()
          .satisfies(
              record ->
                  assertThat(read(record.headers()))
                      .isEqualTo(new Progress(0, 1, PROGRESS, false, 0)));
    }
  }

  @Test
  void aProducersProgressThatIsNotATimeIsADeadLetter() {
    try (IngestHarness ingest = new IngestHarness(ShopPayments.pipeline(1, LatePolicy.TOPIC))) {
      ingest.send(null, null, promise("soon"));
      ingest.send(null, null, promise(String.valueOf(NOON.getEpochSecond())));
      ingest.send(null, null, promise("4000000000000"));
      ingest.send("key".getBytes(UTF_8), null, promise(String.valueOf(PROGRESS)));

      List<TestRecord<byte[], byte[]>> dead = ingest.readAll(ShopPayments.DEAD_LETTERS);
      assertThat(dead)
          .extracting(letter -> header(letter, WireHeaders.ERROR_CODE))
          .containsExactly(
              "TIMESTAMP_INVALID", "TIMESTAMP_INVALID", "TIMESTAMP_FUTURE", "NULL_VALUE");
      assertThat(dead)
          .extracting(letter -> header(letter, WireHeaders.ERROR_DETAIL))
          .satisfiesExactly(
              first -> assertThat(first).contains("header millrace.progress", "'soon'"),
              second -> assertThat(second).contains("header millrace.progress", "seconds"),
              third -> assertThat(third).contains("header millrace.progress", "ahead"),
              fourth -> assertThat(fourth).isNotNull());
    }
  }

  private static Headers promise(String progress) {
    Headers headers = new RecordHeaders();
    WireHeaders.put(headers, WireHeaders.PROGRESS, progress);
    return headers;
  }

  private void threeEvents(int arrival) {
    for (int i = 0; i < 3; i++) {
      event(arrival, payment("p" + events++, accountOn(2), NOON));
    }
  }

  @SuppressWarnings("NullAway") // Kafka accepts a null key, but is not annotated.
  private void event(int arrival, GenericRecord event) {
    int id = tasks.registry().register(ShopPayments.TOPIC + "-value", event.getSchema());
    byte[] value = new AvroEncoder(id, event.getSchema()).encode(event);
    tasks.send(arrival, new Record<>(null, value, tasks.now().toEpochMilli(), new RecordHeaders()));
  }

  /** An account whose events belong to a partition. */
  private static String accountOn(int partition) {
    for (int i = 0; ; i++) {
      byte[] key = ("account " + i).getBytes(UTF_8);
      if (Utils.toPositive(Utils.murmur2(key)) % 3 == partition) {
        return "account " + i;
      }
    }
  }

  /** Advances the wall clock once, and lets all tasks read everything and write what is due. */
  private void passAll(Duration duration) {
    tasks.pass(duration, 0);
    for (int round = 0; round < 2; round++) {
      for (int task = 0; task < 3; task++) {
        while (tasks.read(task) || tasks.readRekeyed(task)) {
          tasks.commit(task);
        }
        tasks.pass(Duration.ZERO, task);
        tasks.commit(task);
      }
    }
  }

  private List<Progress> progress(int partition) {
    return tasks.clean(partition).stream()
        .filter(record -> Progress.isProgress(record.value(), record.headers()))
        .map(record -> read(record.headers()))
        .toList();
  }

  /** Without the time of writing, which has been checked. */
  private static Progress read(Headers headers) {
    Progress read = Objects.requireNonNull(Progress.read(headers));
    assertThat(read.writtenMillis()).isPositive();
    return new Progress(read.arrival(), read.arrivals(), read.timeMillis(), read.idle(), 0);
  }

  private Progress last(int partition, int arrival) {
    return progress(partition).stream()
        .filter(each -> each.arrival() == arrival)
        .reduce((before, after) -> after)
        .orElseThrow();
  }
}
