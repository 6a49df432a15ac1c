package dev.millrace.drift.job;

import dev.millrace.schemas.avro.Alert;
import dev.millrace.schemas.avro.DriftReport;
import dev.millrace.schemas.avro.QualityReport;
import dev.millrace.schemas.avro.RetrainingTrigger;
import dev.millrace.schemas.flink.sink.DeadLetterRecord;
import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.flink.source.OffsetRange;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.apache.avro.Schema;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.datagen.functions.FromElementsGeneratorFunction;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;

/** Sources and sinks of a drift job in the memory of the test's process. */
final class MemoryEnds implements DriftConnectors {
  /** Static, since a task has a copy of its sink. */
  private static final Map<String, Queue<Object>> WRITTEN = new ConcurrentHashMap<>();

  private final Function<Schema, Source<IncomingRecord, ?, ?>> predictions;
  private final Function<Schema, Source<IncomingRecord, ?, ?>> labelEvents;
  private boolean bounded;

  MemoryEnds(List<IncomingRecord> predictions, List<IncomingRecord> labelEvents) {
    this(schema -> source(predictions, schema), schema -> source(labelEvents, schema));
    WRITTEN.clear();
  }

  /** Sources by the schema of their values; what earlier jobs have written stays. */
  MemoryEnds(
      Function<Schema, Source<IncomingRecord, ?, ?>> predictions,
      Function<Schema, Source<IncomingRecord, ?, ?>> labelEvents) {
    this.predictions = predictions;
    this.labelEvents = labelEvents;
  }

  /** The same with labels that end as those of a backtest. */
  MemoryEnds bounded() {
    bounded = true;
    return this;
  }

  @Override
  public boolean isBounded() {
    return bounded;
  }

  @Override
  public WatermarkStrategy<IncomingRecord> labelProgress(
      dev.millrace.schemas.pipeline.Source source) {
    return bounded
        ? PromptProgress.ofRanges(List.of(new OffsetRange(source.name(), 0, 0, 2, Map.of(0, 1L))))
        : DriftConnectors.super.labelProgress(source);
  }

  /** Forgets what jobs have written. */
  static void clear() {
    WRITTEN.clear();
  }

  /** The records that the job has written to a sink. */
  List<Object> written(String sink) {
    return List.copyOf(WRITTEN.getOrDefault(sink, new ConcurrentLinkedQueue<>()));
  }

  @Override
  public Source<IncomingRecord, ?, ?> predictions(Schema schema) {
    return predictions.apply(schema);
  }

  @Override
  public Source<IncomingRecord, ?, ?> labelEvents(dev.millrace.schemas.pipeline.Source source) {
    return labelEvents.apply(source.schema());
  }

  private static Source<IncomingRecord, ?, ?> source(List<IncomingRecord> records, Schema schema) {
    return new DataGeneratorSource<>(
        new FromElementsGeneratorFunction<>(
            IncomingRecord.type(schema), new ExecutionConfig(), records),
        records.size(),
        IncomingRecord.type(schema));
  }

  @Override
  public Optional<Source<IncomingRecord, ?, ?>> lateLabelEvents(
      dev.millrace.schemas.pipeline.Source source) {
    return Optional.empty();
  }

  @Override
  public Sink<OutcomeRecord> outcomes(Schema schema) {
    return new MemorySink<>("outcomes");
  }

  @Override
  public Sink<DriftReport> reports() {
    return new MemorySink<>("reports");
  }

  @Override
  public Sink<QualityReport> qualityReports() {
    return new MemorySink<>("quality-reports");
  }

  @Override
  public Sink<Alert> alerts() {
    return new MemorySink<>("alerts");
  }

  @Override
  public Sink<RetrainingTrigger> triggers() {
    return new MemorySink<>("triggers");
  }

  @Override
  public Sink<DeadLetterRecord> deadLetters() {
    return new MemorySink<>("dead-letters");
  }

  private record MemorySink<T>(String name) implements Sink<T> {
    @Override
    public SinkWriter<T> createWriter(WriterInitContext context) {
      Queue<Object> queue = WRITTEN.computeIfAbsent(name, key -> new ConcurrentLinkedQueue<>());
      return new SinkWriter<>() {
        @Override
        public void write(T element, Context position) {
          Object written = element instanceof OutcomeRecord each ? each.outcome() : element;
          if (written != null) {
            queue.add(written);
          }
        }

        @Override
        public void flush(boolean endOfInput) {}

        @Override
        public void close() {}
      };
    }
  }
}
