package dev.millrace.ingest.topology;

import static dev.millrace.ingest.topology.IngestHarness.header;
import static dev.millrace.ingest.topology.ShopPayments.CLEAN;
import static dev.millrace.ingest.topology.ShopPayments.DEAD_LETTERS;
import static dev.millrace.ingest.topology.ShopPayments.LATE;
import static dev.millrace.ingest.topology.ShopPayments.NOON;
import static dev.millrace.ingest.topology.ShopPayments.payment;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.pipeline.LatePolicy;
import dev.millrace.schemas.registry.InMemoryRegistry;
import dev.millrace.schemas.registry.Registry;
import dev.millrace.schemas.registry.RegistryUnavailable;
import dev.millrace.schemas.streams.failure.ThreadReplacement;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records while the schema registry is unavailable, or before it has a schema. */
class RegistryOutageTest {

  /** A registry that answers only while it is up. */
  private static final class Flaky implements Registry {
    private final InMemoryRegistry registry = new InMemoryRegistry();
    private boolean up = true;
    private int calls;

    Flaky() {
      registry.register(ShopPayments.TOPIC + "-value", ShopPayments.SCHEMA);
    }

    @Override
    public Lookup lookup(int id) {
      calls++;
      if (!up) {
        throw new RegistryUnavailable("down", new IOException("503"));
      }
      return registry.lookup(id);
    }

    @Override
    public int register(String subject, Schema schema) {
      return registry.register(subject, schema);
    }

    @Override
    public void requireBackwardCompatibility(String subject) {}
  }

  private final Flaky flaky = new Flaky();

  private IngestHarness start(int partitions) {
    return new IngestHarness(ShopPayments.pipeline(partitions, LatePolicy.TOPIC), flaky);
  }

  private byte[] newer(GenericRecord event) {
    return new AvroEncoder(
            flaky.registry.register(ShopPayments.TOPIC + "-value", event.getSchema()),
            event.getSchema())
        .encode(event);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void recordsOfKnownSchemasOvertakeParkedOnes(boolean unknownFirst) {
    try (IngestHarness ingest = start(1)) {
      if (!unknownFirst) {
        ingest.send(payment("before"));
        assertThat(ingest.ids(CLEAN)).containsExactly("before");
      } else {
        ingest.send(payment("makes the schema known"));
        ingest.read(CLEAN);
      }
      flaky.up = false;
      for (int i = 0; i < 50; i++) {
        ingest.send(newer(ShopPayments.newer("unknown " + i)));
        ingest.send(payment("known " + i));
        assertThat(ingest.ids(CLEAN)).containsExactly("known " + i);
      }
      ingest.advance(Duration.ofHours(2));
      ingest.letLookupsEnd();
      assertThat(ingest.parked()).isEqualTo(50);
      assertThat(ingest.read(DEAD_LETTERS)).isEmpty();

      flaky.up = true;
      ingest.letLookupsEnd();
      assertThat(ingest.ids(CLEAN))
          .isEqualTo(IntStream.range(0, 50).mapToObj(i -> "unknown " + i).toList());
      assertThat(ingest.read(DEAD_LETTERS)).isEmpty();
      assertThat(ingest.parked()).isZero();
    }
  }

  @Test
  void recordsOfOneSchemaStayInOrder() {
    try (IngestHarness ingest = start(1)) {
      flaky.up = false;
      ingest.send(newer(ShopPayments.newer("first")));
      ingest.send(newer(ShopPayments.newer("second")));
      flaky.up = true;
      ingest.advance(Duration.ofSeconds(20));
      ingest.send(newer(ShopPayments.newer("third")));
      assertThat(ingest.ids(CLEAN)).containsExactly("first", "second", "third");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1000})
  void anEventIsNotLateBecauseItWasParked(int partitions) {
    try (IngestHarness ingest = start(partitions)) {
      // The event clock advances after three events.
      for (String id : List.of("clock1", "clock2", "clock3")) {
        ingest.send(payment(id, "alice", NOON));
      }
      flaky.up = false;
      ingest.send(newer(ShopPayments.newer("in time", "bob", NOON.minusSeconds(60))));
      ingest.send(newer(ShopPayments.newer("late", "bob", NOON.minus(Duration.ofHours(1)))));
      ingest.advance(Duration.ofMinutes(30));
      for (String id : List.of("passes1", "passes2", "passes3")) {
        ingest.send(payment(id, "alice", NOON.plus(Duration.ofMinutes(30))));
      }
      flaky.up = true;
      ingest.letLookupsEnd();
      assertThat(ingest.ids(CLEAN))
          .containsExactly(
              "clock1", "clock2", "clock3", "passes1", "passes2", "passes3", "in time");
      assertThat(ingest.ids(LATE)).containsExactly("late");
    }
  }

  @Test
  void aDeadLetterNamesThePositionOfItsParkedRecord() {
    try (IngestHarness ingest = start(1)) {
      ingest.send(payment("offset 0"));
      flaky.up = false;
      RecordHeaders headers = new RecordHeaders();
      headers.add("trace", "42".getBytes(UTF_8));
      byte[] broken = newer(ShopPayments.newer("offset 1"));
      byte[] value = Arrays.copyOf(broken, broken.length - 1);
      ingest.send("the producer's key".getBytes(UTF_8), value, headers);
      ingest.send(payment("offset 2"));
      flaky.up = true;
      ingest.letLookupsEnd();
      TestRecord<byte[], byte[]> letter = ingest.read(DEAD_LETTERS).get(0);
      assertThat(letter.value()).isEqualTo(value);
      assertThat(letter.key()).isEqualTo("the producer's key".getBytes(UTF_8));
      assertThat(letter.timestamp()).isEqualTo(NOON.toEpochMilli());
      assertThat(header(letter, "trace")).isEqualTo("42");
      assertThat(header(letter, "millrace.error.code")).isEqualTo("DECODE");
      assertThat(header(letter, "__streams.errors.topic")).isEqualTo(ShopPayments.TOPIC);
      assertThat(header(letter, "__streams.errors.partition")).isEqualTo("0");
      assertThat(header(letter, "__streams.errors.offset")).isEqualTo("1");
    }
  }

  @Test
  void aSchemaRegisteredAfterItsFirstEventIsUsed() {
    try (IngestHarness ingest = start(1)) {
      int next = flaky.registry.register("other-value", ShopPayments.newerSchema());
      ingest.send(
          new AvroEncoder(next, ShopPayments.newerSchema()).encode(ShopPayments.newer("early")));
      ingest.advance(Duration.ofMillis(600));
      flaky.registry.register(ShopPayments.TOPIC + "-value", ShopPayments.newerSchema());
      ingest.letLookupsEnd();
      assertThat(ingest.ids(CLEAN)).containsExactly("early");
      assertThat(ingest.read(DEAD_LETTERS)).isEmpty();
    }
  }

  @Test
  void randomBytesThatBeginWithZeroDoNotDelayRecords() {
    try (IngestHarness ingest = start(1)) {
      ingest.send(payment("first"));
      ingest.read(CLEAN);
      flaky.calls = 0;
      Random random = new Random(7);
      for (int i = 0; i < 2_000; i++) {
        byte[] garbage = new byte[20];
        random.nextBytes(garbage);
        garbage[0] = 0;
        ingest.send(garbage);
        ingest.send(payment("p" + i));
      }
      assertThat(ingest.ids(CLEAN)).hasSize(2_000);
      assertThat(flaky.calls)
          .as("calls while the wall clock stood still")
          .isLessThanOrEqualTo(1_000);
      for (int second = 0; second < 80; second++) {
        for (int tick = 0; tick < 10; tick++) {
          ingest.advance(DecodingProcessor.RETRY_INTERVAL);
        }
      }
      assertThat(ingest.parked()).isZero();
      assertThat(ingest.read(DEAD_LETTERS)).hasSize(2_000);
    }
  }

  @Test
  void withAtLeastOnceAReleasedRecordIsDeletedAtTheCommit() {
    try (IngestHarness ingest = new IngestHarness(ShopPayments.atLeastOnce(1), flaky)) {
      flaky.up = false;
      ingest.send(newer(ShopPayments.newer("p")));
      flaky.up = true;
      ingest.letLookupsEnd();
      assertThat(ingest.ids(CLEAN)).containsExactly("p");
      ingest.send(payment("makes a commit"));
      assertThat(ingest.storedParkedRecords()).isZero();
    }
  }

  @Test
  void aThreadIsReplacedAfterAnExceptionButNotAfterAnError() {
    CollectorRegistry counters = new CollectorRegistry();
    IngestMetrics metrics = new IngestMetrics(ShopPayments.pipeline(1, LatePolicy.TOPIC), counters);
    ThreadReplacement replacement =
        new ThreadReplacement(
            "shop",
            StreamsException.class::isInstance,
            error -> metrics.threadDied(),
            Duration.ZERO,
            InstantSource.system());

    assertThat(
            replacement.handle(
                new StreamsException(new RegistryUnavailable("down", new IOException("503")))))
        .isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
    assertThat(replacement.handle(new StreamsException(new OutOfMemoryError("heap"))))
        .isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);
    assertThat(
            counters.getSampleValue(
                "millrace_ingest_thread_deaths_total",
                new String[] {"pipeline"},
                new String[] {"shop"}))
        .isEqualTo(2.0);
  }
}
