package dev.millrace.drift.job;

import dev.millrace.drift.labels.Label;
import dev.millrace.drift.labels.LabelJoin;
import dev.millrace.drift.labels.OutcomeBuilder;
import dev.millrace.drift.window.TumblingWindows;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Queue;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.formats.avro.typeutils.GenericRecordAvroTypeInfo;
import org.apache.flink.runtime.state.storage.FileSystemCheckpointStorage;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;

/**
 * Not a test: prints the cost of the label join for an event and its label with the state in
 * RocksDB, beside that of a join with Flink's timers, and the memory and disk that waiting
 * predictions take.
 */
final class LabelJoinThroughput {
  private static final int EVENTS = 300_000;
  private static final int WAITING = 1_000_000;
  private static final int INPUTS = 20;
  private static final long MILLIS_BETWEEN_EVENTS = 5_000; // half a million flights a month
  private static final Duration MATURITY = Duration.ofHours(12);
  private static final int EVENTS_PER_WATERMARK = 100;
  private static final int EVENTS_PER_CHECKPOINT = 40_000; // 2 s at 20,000 events a second
  private static final Schema PREDICTION = schema(true);
  private static final Schema OUTCOME = schema(false);

  private LabelJoinThroughput() {}

  private static Schema schema(boolean prediction) {
    var fields =
        SchemaBuilder.record(prediction ? "Prediction" : "Outcome")
            .fields()
            .requiredString("event_id")
            .requiredLong("event_time")
            .requiredString("model_version")
            .requiredDouble("score");
    for (int i = 0; i < INPUTS; i++) {
      fields = fields.optionalDouble("input_" + i);
    }
    return prediction
        ? fields.endRecord()
        : fields
            .requiredDouble("label")
            .optionalLong("label_time")
            .name("label_status")
            .type(SchemaBuilder.enumeration("LabelStatus").symbols("OBSERVED", "ASSUMED"))
            .noDefault()
            .endRecord();
  }

  /**
   * Run with the test classpath and the {@code --add-opens} of Flink: {@code java ...
   * dev.millrace.drift.job.LabelJoinThroughput}.
   */
  public static void main(String[] args) throws Exception {
    for (int round = 0; round < 3; round++) {
      try (Run before = new Run(new TimerServiceJoin(PREDICTION, join(MATURITY)))) {
        System.out.printf("timers of Flink: %s%n", before.replay());
      }
      try (Run after = new Run(operator(MATURITY))) {
        System.out.printf("label join:      %s%n", after.replay());
      }
    }
    try (Run waiting = new Run(operator(Duration.ofDays(30)))) {
      waiting.waitForLabels();
    }
  }

  private static LabelJoin join(Duration maturity) {
    return new LabelJoin(new OutcomeBuilder(OUTCOME), maturity, 0.0);
  }

  private static LabelJoinOperator operator(Duration maturity) {
    return new LabelJoinOperator(
        "shop",
        PREDICTION,
        join(maturity),
        Duration.ofDays(1),
        TumblingWindows.of(Duration.ofHours(1)));
  }

  /** One join with its state in a directory of its own. */
  private static final class Run implements AutoCloseable {
    private final Path directory = Files.createTempDirectory("label-join");
    private final Random random = new Random(1);
    private final KeyedTwoInputStreamOperatorTestHarness<
            String, GenericRecord, Label, GenericRecord>
        harness;

    Run(TwoInputStreamOperator<GenericRecord, Label, GenericRecord> operator) throws Exception {
      harness =
          new KeyedTwoInputStreamOperatorTestHarness<>(
              operator,
              prediction -> prediction.get("event_id").toString(),
              Label::eventId,
              Types.STRING,
              128,
              1,
              0);
      Configuration settings = new Configuration();
      settings.set(RocksDBOptions.FIX_PER_SLOT_MEMORY_SIZE, MemorySize.ofMebiBytes(128));
      EmbeddedRocksDBStateBackend backend =
          new EmbeddedRocksDBStateBackend(true).configure(settings, Run.class.getClassLoader());
      backend.setDbStoragePath(directory.toString());
      harness.setStateBackend(backend);
      harness.setCheckpointStorage(
          new FileSystemCheckpointStorage(directory.resolve("checkpoints").toUri()));
      harness.setup(
          new GenericRecordAvroTypeInfo(OUTCOME).createSerializer(new SerializerConfigImpl()));
      harness.open();
    }

    /** Events as fast as possible, each with a label two to four hours later, but for 2 %. */
    String replay() throws Exception {
      Queue<Label> labels = new ArrayDeque<>();
      long outcomes = 0;
      long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      for (int i = 0; i < EVENTS; i++) {
        long timeMillis = i * MILLIS_BETWEEN_EVENTS;
        harness.processElement1(prediction(i, timeMillis), timeMillis);
        if (random.nextInt(50) > 0) {
          labels.add(new Label(id(i), 1, timeMillis + 7_200_000 + random.nextInt(7_200_000)));
        }
        Label label = labels.peek();
        while (label != null && label.timeMillis() <= timeMillis) {
          harness.processElement2(labels.remove(), timeMillis);
          label = labels.peek();
        }
        if (i % EVENTS_PER_WATERMARK == 0) {
          harness.processBothWatermarks(new Watermark(timeMillis - 7_200_000));
          outcomes += harness.extractOutputValues().size();
          harness.getOutput().clear();
        }
        if (i % EVENTS_PER_CHECKPOINT == EVENTS_PER_CHECKPOINT - 1) {
          harness.snapshot(i, i).discardState();
        }
      }
      double seconds = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu) / 1e9;
      return "%.1f us of CPU an event, %,.0f events/s a core, %d outcomes"
          .formatted(seconds / EVENTS * 1e6, EVENTS / seconds, outcomes);
    }

    /** Predictions of a month whose labels come at its end. */
    void waitForLabels() throws Exception {
      long betweenMillis = Duration.ofDays(30).toMillis() / WAITING;
      for (int i = 0; i < WAITING; i++) {
        harness.processElement1(prediction(i, i * betweenMillis), 0);
        if (i % EVENTS_PER_CHECKPOINT == EVENTS_PER_CHECKPOINT - 1) {
          harness.snapshot(i, i).discardState();
        }
        if ((i + 1) % (WAITING / 5) == 0) {
          print("%,9d predictions wait".formatted(i + 1), i + 1);
        }
      }
      long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      for (int i = 0; i < WAITING; i++) {
        harness.processElement2(new Label(id(i), 1, i * betweenMillis), 0);
        harness.getOutput().clear();
      }
      double seconds = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu) / 1e9;
      print("labels of all: %.1f us of CPU each;".formatted(seconds / WAITING * 1e6), WAITING);
    }

    private void print(String what, int events) throws IOException {
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      long bytes = 0;
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          bytes += file.toString().endsWith(".sst") ? Files.size(file) : 0;
        }
      }
      System.out.printf(
          "%s heap %.1f MB, tables on disk %.1f MB, %d bytes an event%n",
          what, (runtime.totalMemory() - runtime.freeMemory()) / 1e6, bytes / 1e6, bytes / events);
    }

    private static String id(int i) {
      return "flight-2026-%08d".formatted(i);
    }

    private GenericRecord prediction(int i, long timeMillis) {
      GenericRecord prediction = new GenericData.Record(PREDICTION);
      prediction.put("event_id", id(i));
      prediction.put("event_time", timeMillis);
      prediction.put("model_version", "6ec0f9f98c66");
      prediction.put("score", random.nextDouble());
      for (int input = 0; input < INPUTS; input++) {
        prediction.put("input_" + input, random.nextDouble());
      }
      return prediction;
    }

    @Override
    public void close() {
      try (Stream<Path> files = Files.walk(directory)) {
        harness.close();
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
