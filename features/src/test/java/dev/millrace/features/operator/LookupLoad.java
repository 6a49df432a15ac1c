package dev.millrace.features.operator;

import dev.millrace.features.Cards;
import dev.millrace.schemas.pipeline.Pipeline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;

/** A lookup of the scored source in RocksDB that gets events, and what they took. */
final class LookupLoad implements AutoCloseable {
  static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

  /** Longer than rows wait, and than timers pause in the harness while many rows wait. */
  static final long PASS_MILLIS = 3 * LookupHarness.HOUR;

  static final String TEN = "count, sum, avg, min, max, variance, stddev, first, last, lag_1";

  /** Of the view card in cards.yaml. */
  private static final String AGGREGATES =
      """
            - {input: amount, operations: [count, sum, avg, min, max, stddev, last], windows: [1m, 1h]}
            - {operations: [count], windows: [1m], where: amount > 100.0, as: large}
            - {input: shop, operations: [last], windows: [1h]}
      """;

  private static final long ROCKSDB_BYTES = 128L << 20;

  final String name;
  final Path directory = Files.createTempDirectory("cost");
  final LookupHarness harness;
  final IntSupplier keys;
  final long stepMillis;
  final List<Double> micros = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(7);
  long timeMillis;
  private long hits;
  private long misses;

  LookupLoad(String name, String windows, IntSupplier keys, long stepMillis) throws Exception {
    this.name = name;
    this.keys = keys;
    this.stepMillis = stepMillis;
    EmbeddedRocksDBStateBackend backend = new EmbeddedRocksDBStateBackend(true);
    backend.setDbStoragePath(directory.resolve("db").toString());
    backend.getMemoryConfiguration().setFixedMemoryPerSlot(ROCKSDB_BYTES + "b");
    harness =
        LookupHarness.stored(
            pipeline(TEN, windows),
            "card",
            backend,
            Files.createDirectories(directory.resolve("checkpoints")));
  }

  void add(int events) throws Exception {
    for (int i = 0; i < events; i++) {
      timeMillis += stepMillis;
      harness.add("card-" + keys.getAsInt(), timeMillis, random.nextInt(100_000) / 100.0);
      if (i % 1_000 == 0) {
        harness.bothAt(timeMillis - 5_000);
        harness.pass(PASS_MILLIS);
        harness.flink.getOutput().clear();
        harness.drainRows();
      }
    }
  }

  void measure(int events) throws Exception {
    hits = harness.states().hits().getCount();
    misses = harness.states().misses().getCount();
    long began = CPU.getCurrentThreadCpuTime();
    add(events);
    micros.add((CPU.getCurrentThreadCpuTime() - began) / 1e3 / events);
  }

  /** Of the last block. */
  double hitShare() {
    double found = harness.states().hits().getCount() - hits;
    return found / (found + harness.states().misses().getCount() - misses);
  }

  long diskBytes() throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("db"))) {
      return files.filter(Files::isRegularFile).mapToLong(LookupLoad::size).sum();
    }
  }

  @Override
  public void close() throws IOException {
    harness.close();
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }

  static Pipeline pipeline(String operations, String windows) throws IOException {
    Path directory = Files.createTempDirectory("cost");
    return Cards.with(
        directory,
        AGGREGATES,
        "      - {input: amount, operations: [%s], windows: [%s]}\n"
            .formatted(operations, windows));
  }

  private static long size(Path file) {
    try {
      return Files.exists(file) ? Files.size(file) : 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
