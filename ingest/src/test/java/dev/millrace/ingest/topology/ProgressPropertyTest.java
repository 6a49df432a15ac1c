package dev.millrace.ingest.topology;

import static dev.millrace.ingest.topology.ShopPayments.NOON;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.codec.AvroEncoder;
import dev.millrace.schemas.pipeline.LatePolicy;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.topics.Progress;
import dev.millrace.schemas.topics.ProgressTracker;
import dev.millrace.schemas.topics.WireHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * The promise of a progress record: all earlier events of its arrival partition, but late ones,
 * were written to the partition before it. Events change partitions, come in disorder and late, are
 * parked while the registry is away, and tasks crash.
 */
class ProgressPropertyTest {
  private static final int PARTITIONS = 3;
  private static final int STEPS = 300;
  private static final int SCHEMAS = 4;

  /** Times are multiples of it, so that many are exactly at a bound. */
  private static final long UNIT = 30_000;

  private static final long LATENESS = ShopPayments.LATENESS.toMillis();

  /** Random steps of all tasks. */
  private static final class Run {
    private final CrashingTasks tasks;
    private final Random random;
    private final int arrivals;
    private final Map<Integer, Long> frontier = new HashMap<>();
    private int events;

    Run(CrashingTasks tasks, int arrivals, long seed) {
      this.tasks = tasks;
      this.arrivals = arrivals;
      this.random = new Random(seed);
    }

    void step() {
      int task = random.nextInt(tasks.taskCount());
      switch (random.nextInt(12)) {
        case 0, 1, 2 -> send(random.nextInt(arrivals));
        case 3, 4, 5 -> tasks.read(task);
        case 6, 7 -> tasks.readRekeyed(task);
        case 8 -> tasks.pass(Duration.ofMillis(random.nextInt(9_000)), task);
        case 9 -> tasks.commit(task);
        case 10 -> tasks.registryAnswers(task, random.nextInt(3) > 0);
        default -> {
          if (random.nextInt(4) == 0) {
            tasks.crash(task, random);
          }
        }
      }
    }

    private void send(int arrival) {
      long reached =
          frontier.merge(
              arrival, NOON.toEpochMilli() - 86_400_000 + random.nextInt(3) * UNIT, (a, b) -> a);
      frontier.put(arrival, reached + random.nextInt(5) * UNIT);
      if (random.nextInt(10) == 0) {
        tasks.send(arrival, promise(reached));
        return;
      }
      double share = random.nextDouble() * random.nextDouble() * 1.5;
      long disorder = ((long) (share * LATENESS / UNIT)) * UNIT;
      int schema = random.nextInt(3) == 0 ? random.nextInt(SCHEMAS) : 0;
      tasks.send(arrival, event(schema, "p" + events++, reached - disorder));
    }

    /** A promise that the producer may break. */
    private Record<byte[], byte[]> promise(long reached) {
      Headers headers = new RecordHeaders();
      WireHeaders.put(
          headers, WireHeaders.PROGRESS, reached - random.nextLong(LATENESS / UNIT) * UNIT);
      return record(null, headers);
    }

    private Record<byte[], byte[]> event(int number, String id, long timeMillis) {
      Schema schema = schema(number);
      GenericRecord event =
          new GenericRecordBuilder(schema)
              .set("payment_id", id)
              .set("account", "account " + random.nextInt(9))
              .set("at", timeMillis)
              .set("amount", 1.0)
              .set("kind", new GenericData.EnumSymbol(schema.getField("kind").schema(), "SHOP"))
              .build();
      int schemaId = tasks.registry().register(ShopPayments.TOPIC + "-value", schema);
      return record(new AvroEncoder(schemaId, schema).encode(event), new RecordHeaders());
    }

    @SuppressWarnings("NullAway") // Kafka accepts a null key and value, but is not annotated.
    private Record<byte[], byte[]> record(byte @Nullable [] value, Headers headers) {
      return new Record<>(null, value, tasks.now().toEpochMilli(), headers);
    }

    private static Schema schema(int number) {
      String field = "{\"name\":\"note" + number + "\",\"type\":\"string\",\"default\":\"\"},";
      return number == 0
          ? ShopPayments.SCHEMA
          : new Schema.Parser()
              .parse(
                  ShopPayments.SCHEMA
                      .toString()
                      .replace("{\"name\":\"amount\"", field + "{\"name\":\"amount\""));
    }

    /** Lets all tasks read, release and write everything. */
    void finish() {
      for (int task = 0; task < tasks.taskCount(); task++) {
        tasks.registryAnswers(task, true);
      }
      for (int round = 0; round < 40; round++) {
        for (int task = 0; task < tasks.taskCount(); task++) {
          while (tasks.read(task) || tasks.readRekeyed(task)) {
            tasks.commit(task);
          }
          tasks.pass(Duration.ofSeconds(2), task);
          tasks.commit(task);
        }
      }
    }
  }

  /** More and fewer arrival partitions than partitions of the pipeline occur. */
  @Property(tries = 20)
  void noEventIsBehindTheProgressOfItsPartition(
      @ForAll @IntRange(min = 1, max = 5) int arrivals, @ForAll long seed) {
    Pipeline pipeline = ShopPayments.pipeline(PARTITIONS, LatePolicy.TOPIC);
    try (CrashingTasks tasks = new CrashingTasks(pipeline, arrivals)) {
      run(tasks, arrivals, seed);
      for (int partition = 0; partition < PARTITIONS; partition++) {
        assertThat(behindProgress(tasks.clean(partition))).isEmpty();
      }
      assertComplete(tasks);
    }
  }

  /**
   * A crash may lose output and keep state. The first copy of an event is before the progress, or
   * it was found late before the crash, and is not judged again.
   */
  @Property(tries = 20)
  void withAtLeastOnceOnlyRepeatedAndLateEventsAre(
      @ForAll @IntRange(min = 1, max = 5) int arrivals, @ForAll long seed) {
    try (CrashingTasks tasks = new CrashingTasks(ShopPayments.atLeastOnce(PARTITIONS), arrivals)) {
      run(tasks, arrivals, seed);
      for (int partition = 0; partition < PARTITIONS; partition++) {
        assertThat(behindProgress(tasks.clean(partition))).isSubsetOf(tasks.foundLate);
      }
      assertComplete(tasks);
    }
  }

  /**
   * The id of the first event is kept by a crash, but not its output. It is read again and parked,
   * and the clock is ahead of it: no progress may pass it.
   */
  @Example
  void progressDoesNotPassAnEventThatIsReadAgainAndParked() {
    try (CrashingTasks tasks = new CrashingTasks(ShopPayments.atLeastOnce(1), 1)) {
      Run run = new Run(tasks, 1, 0);
      long first = NOON.toEpochMilli() - 86_400_000;
      tasks.send(0, run.event(1, "p0", first));
      for (int i = 1; i < 5; i++) {
        tasks.send(0, run.event(0, "p" + i, first + 2 * LATENESS));
      }
      readAll(tasks);
      tasks.crash(0, losesOutput(false, true, true, true, false));
      tasks.registryAnswers(0, false);
      readAll(tasks);
      for (int i = 0; i < 20; i++) {
        tasks.pass(Duration.ofSeconds(1), 0);
        tasks.commit(0);
      }
      run.finish();
      assertThat(behindProgress(tasks.clean(0))).isEmpty();
      assertThat(
              tasks.clean(0).stream()
                  .filter(each -> !Progress.isProgress(each.value(), each.headers()))
                  .mapToLong(Record::timestamp))
          .contains(first);
    }
  }

  private static void readAll(CrashingTasks tasks) {
    while (tasks.read(0)) {
      // Read on.
    }
  }

  /**
   * A crash that loses all output, and keeps some stores: parked, clock, progress, ids, commits.
   */
  private static Random losesOutput(boolean... keptStores) {
    return new Random() {
      private int store;

      @Override
      public int nextInt(int bound) {
        return 0;
      }

      @Override
      public boolean nextBoolean() {
        return keptStores[store++];
      }
    };
  }

  private static void run(CrashingTasks tasks, int arrivals, long seed) {
    Run run = new Run(tasks, arrivals, seed);
    for (int step = 0; step < STEPS; step++) {
      run.step();
    }
    run.finish();
  }

  /** The events whose first copy is behind the progress of their arrival partition. */
  private static Set<String> behindProgress(List<Record<byte[], byte[]>> partition) {
    Map<Integer, Long> progress = new HashMap<>();
    Set<String> seen = new HashSet<>();
    Set<String> behind = new HashSet<>();
    for (Record<byte[], byte[]> record : partition) {
      if (Progress.isProgress(record.value(), record.headers())) {
        Progress read = Objects.requireNonNull(Progress.read(record.headers()));
        progress.merge(read.arrival(), read.timeMillis(), Math::max);
      } else {
        int arrival = WireHeaders.arrival(record.headers(), -1);
        boolean first =
            seen.add(CrashingTasks.eventKey(record) + new String(record.value(), UTF_8));
        if (first && record.timestamp() < progress.getOrDefault(arrival, Progress.NONE)) {
          behind.add(CrashingTasks.eventKey(record));
        }
      }
    }
    return behind;
  }

  private static Progress withoutTimeOfWriting(Progress read) {
    return new Progress(read.arrival(), read.arrivals(), read.timeMillis(), read.idle(), 0);
  }

  /** In the end every reader knows that all is read, and the same progress of each arrival. */
  private static void assertComplete(CrashingTasks tasks) {
    Set<Map<Integer, Progress>> ends = new HashSet<>();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      ProgressTracker tracker = new ProgressTracker();
      Map<Integer, Progress> last = new HashMap<>();
      for (Record<byte[], byte[]> record : tasks.clean(partition)) {
        if (Progress.isProgress(record.value(), record.headers())) {
          Progress read = Objects.requireNonNull(Progress.read(record.headers()));
          tracker.take(read);
          last.put(read.arrival(), withoutTimeOfWriting(read));
        }
      }
      assertThat(tracker.idle()).isTrue();
      assertThat(tracker.timeMillis()).isGreaterThan(Instant.EPOCH.toEpochMilli());
      ends.add(last);
    }
    assertThat(ends).hasSize(1);
  }
}
