package dev.millrace.features;

import static org.awaitility.Awaitility.await;

import dev.millrace.features.operator.FeedRow;
import dev.millrace.features.source.Question;
import dev.millrace.features.view.Backfill;
import dev.millrace.features.view.GenerationPlan;
import dev.millrace.features.view.ViewFingerprint;
import dev.millrace.schemas.flink.job.Checkpoint;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.flink.source.ProgressWatermarks;
import dev.millrace.schemas.pipeline.FeatureView;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.CommonTestUtils;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;

/** The job of a generation on a Flink cluster, from and to memory. */
final class EvolvingJob implements FeaturesTopology.Records {
  private static final int PARALLELISM = 2;
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final Map<String, Queue<Object>> WRITTEN = new ConcurrentHashMap<>();

  /** Its label, by which the test sees its readers and its output. */
  final String label;

  private final Pipeline pipeline;
  private final StreamExecutionEnvironment env;
  private final JobClient client;

  /** Keeps what it writes in memory. */
  private record MemorySink<T>(String name) implements Sink<T> {
    @Override
    public SinkWriter<T> createWriter(WriterInitContext context) {
      Queue<Object> written = written(name);
      return new SinkWriter<>() {
        @Override
        public void write(T value, Context writeContext) {
          written.add(value);
        }

        @Override
        public void flush(boolean endOfInput) {}

        @Override
        public void close() {}
      };
    }
  }

  private static Queue<Object> written(String name) {
    return WRITTEN.computeIfAbsent(name, unused -> new ConcurrentLinkedQueue<>());
  }

  EvolvingJob(String label, Pipeline pipeline, GenerationPlan plan, @Nullable Checkpoint restored)
      throws Exception {
    this.label = label;
    this.pipeline = pipeline;
    Configuration settings = FeaturesMain.settings(Duration.ofSeconds(1));
    if (restored != null) {
      restored.copyIn(settings);
    }
    env = StreamExecutionEnvironment.getExecutionEnvironment(settings);
    env.setParallelism(PARALLELISM);
    FeaturesTopology.Outputs outputs = new FeaturesTopology(pipeline, plan).build(this);
    write(outputs.vectors(), "vectors");
    outputs.rows().forEach((view, rows) -> write(rows, view.name() + "-rows"));
    client = env.executeAsync(label);
  }

  private <T> void write(DataStream<T> records, String name) {
    records.sinkTo(new MemorySink<>(label + "-" + name)).name(name).uid(name);
  }

  @Override
  public List<DataStream<IncomingRecord>> of(Source source) {
    String events = source.name() + "-events";
    return List.of(
        read(
            source,
            new LogSource(source.name(), label + "-" + source.name(), List.of()),
            ProgressWatermarks.strategy(),
            events,
            ViewFingerprint.of(pipeline, source)));
  }

  @Override
  public List<DataStream<IncomingRecord>> ofBackfill(FeatureView view, Backfill backfill) {
    String events = view.name() + FeaturesTopology.BACKFILLS.get(0);
    return List.of(
        read(
            pipeline.source(view.from()),
            new LogSource(view.from(), label + "-" + events, backfill.cleanUntil()),
            ProgressWatermarks.neverIdle(),
            events,
            ViewFingerprint.ofLookups(pipeline, view)));
  }

  private DataStream<IncomingRecord> read(
      Source source,
      LogSource log,
      WatermarkStrategy<IncomingRecord> watermarks,
      String name,
      String fingerprint) {
    return env.fromSource(log, watermarks, name, IncomingRecord.type(source.schema()))
        .uid(name + "-" + fingerprint);
  }

  /** The questions with their answers that were written so far. */
  List<Question> vectors() {
    return written(label + "-vectors").stream().map(Question.class::cast).toList();
  }

  /** The rows of a view that were written so far. */
  List<FeedRow> rows(String view) {
    return written(label + "-" + view + "-rows").stream().map(FeedRow.class::cast).toList();
  }

  /** Lets a reader read that many records of each partition. */
  void allow(String reader, List<Integer> limits) {
    LogSource.LIMITS.put(label + "-" + reader, limits);
  }

  /** Waits until a reader has read as many records of each partition. */
  void awaitRead(String reader, List<Integer> limits) {
    for (int i = 0; i < limits.size(); i++) {
      String position = "%s-%s-%d".formatted(label, reader, i);
      int wanted = limits.get(i);
      await(position)
          .atMost(TIMEOUT)
          .until(() -> LogSource.POSITIONS.getOrDefault(position, 0) >= wanted);
    }
  }

  void awaitVectors(int number) {
    await().atMost(TIMEOUT).until(() -> vectors().size() >= number);
  }

  /**
   * Waits until the sources of backfills have finished, which takes a checkpoint after their end.
   */
  void awaitBackfillFinished(MiniCluster cluster) {
    await()
        .atMost(TIMEOUT)
        .until(
            () -> {
              for (var vertex :
                  cluster.getExecutionGraph(client.getJobID()).get().getVerticesTopologically()) {
                if (vertex.getName().contains("backfill")
                    && vertex.getAggregateState() != ExecutionState.FINISHED) {
                  return false;
                }
              }
              return true;
            });
  }

  /** Stops when all that was read is processed, and keeps the state. */
  Checkpoint stop(MiniCluster cluster, Path directory) throws Exception {
    CommonTestUtils.waitForAllTaskRunning(cluster, client.getJobID(), true);
    String savepoint =
        client
            .stopWithSavepoint(false, directory.toUri().toString(), SavepointFormatType.NATIVE)
            .get();
    return new Checkpoint(Path.of(URI.create(savepoint)), Instant.now());
  }
}
