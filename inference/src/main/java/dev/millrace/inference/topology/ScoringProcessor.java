package dev.millrace.inference.topology;

import dev.millrace.schemas.streams.commit.Commits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.Punctuator;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Runs a {@link PartitionTask}: its records, its timers and its commits. Kafka Streams also creates
 * processors only to inspect them, and calls init again when it revives a task; so state and native
 * memory are allocated in init.
 */
final class ScoringProcessor implements Processor<byte[], byte[], byte[], byte[]> {
  /** The longest delay between the end of a wait and the score. */
  static final Duration TIMEOUT_CHECK = Duration.ofMillis(20);

  /** How often vectors are removed whose event was scored without them. */
  static final Duration CLEAN_UP = Duration.ofSeconds(10);

  private final TopologyInputs inputs;
  private final List<Runnable> stops = new ArrayList<>();
  private @Nullable PartitionTask task;

  ScoringProcessor(TopologyInputs inputs) {
    this.inputs = inputs;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    close();
    PartitionTask started = new PartitionTask(inputs, context);
    task = started;
    schedule(context, TIMEOUT_CHECK, started::timeOut);
    schedule(context, CLEAN_UP, started::cleanUp);
    Commits commits = context.getStateStore(NodeName.COMMITS);
    commits.listenBefore(started::beforeCommit);
    commits.listenAfter(started::committed);
    stops.add(commits::stopListening);
  }

  private void schedule(
      ProcessorContext<byte[], byte[]> context, Duration interval, Punctuator work) {
    stops.add(context.schedule(interval, PunctuationType.WALL_CLOCK_TIME, work)::cancel);
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    if (task == null) {
      throw new IllegalStateException("init was not called");
    }
    task.process(record);
  }

  /** Cancels the timers: Kafka Streams keeps them when it closes and revives a task. */
  @Override
  public void close() {
    stops.forEach(Runnable::run);
    stops.clear();
    if (task != null) {
      task.close();
      task = null;
    }
  }
}
