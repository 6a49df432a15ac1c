package dev.millrace.inference;

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
 * Hands the records of one task to a {@link PartitionScorer}. Streams makes processors only to look
 * at them, and starts one anew when it revives a task; so all that holds state or native memory
 * begins with init.
 */
final class ScoringProcessor implements Processor<byte[], byte[], byte[], byte[]> {
  /** How much later than its wait an event may be scored. */
  static final Duration TIMEOUT_CHECK = Duration.ofMillis(20);

  /** How often rows are looked for whose event has passed without asking for them. */
  static final Duration CLEAN_UP = Duration.ofSeconds(10);

  private final ScoringPlan plan;
  private final List<Runnable> stops = new ArrayList<>();
  private @Nullable PartitionScorer scorer;

  ScoringProcessor(ScoringPlan plan) {
    this.plan = plan;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    close();
    PartitionScorer started = new PartitionScorer(plan, context);
    scorer = started;
    schedule(context, TIMEOUT_CHECK, started::scoreTimedOut);
    schedule(context, CLEAN_UP, started::cleanUp);
    if (plan.removesAtCommit()) {
      Commits commits = context.getStateStore(ScoringPlan.COMMITS);
      commits.listen(started::committed);
      stops.add(commits::stopListening);
    }
  }

  private void schedule(
      ProcessorContext<byte[], byte[]> context, Duration interval, Punctuator work) {
    stops.add(context.schedule(interval, PunctuationType.WALL_CLOCK_TIME, work)::cancel);
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    if (scorer == null) {
      throw new IllegalStateException("init was not called");
    }
    scorer.process(record);
  }

  /** Streams keeps what was scheduled when it closes a task and revives it. */
  @Override
  public void close() {
    stops.forEach(Runnable::run);
    stops.clear();
    if (scorer != null) {
      scorer.close();
      scorer = null;
    }
  }
}
