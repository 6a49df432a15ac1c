package dev.millrace.schemas.flink.source;

import dev.millrace.schemas.topics.Progress;
import dev.millrace.schemas.topics.ProgressTracker;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.InputStatus;
import org.jspecify.annotations.Nullable;

/**
 * A reader whose idle splits are not paused. A split is idle by the same rule as in {@link
 * ProgressWatermarks}. One that was paused may become idle by records that were fetched before; it
 * is then resumed.
 *
 * <p>Flink regards such a split as paused until its watermark is in line with the others, so it may
 * be read ahead of them by what it gets meanwhile.
 */
@SuppressWarnings("try") // The reader may be interrupted when it is closed.
final class AlignedReader<S extends SourceSplit> implements SourceReader<IncomingRecord, S> {
  private final SourceReader<IncomingRecord, S> reader;
  private final Map<String, ProgressTracker> progress = new HashMap<>();
  private final Set<String> paused = new HashSet<>();
  private @Nullable Output output;

  AlignedReader(SourceReader<IncomingRecord, S> reader) {
    this.reader = reader;
  }

  @Override
  public InputStatus pollNext(ReaderOutput<IncomingRecord> target) throws Exception {
    if (output == null || output.target != target) {
      output = new Output(target);
    }
    return reader.pollNext(output);
  }

  @Override
  public void pauseOrResumeSplits(Collection<String> pause, Collection<String> resume) {
    List<String> active = pause.stream().filter(split -> !tracker(split).idle()).toList();
    paused.addAll(active);
    paused.removeAll(resume);
    reader.pauseOrResumeSplits(active, resume);
  }

  private ProgressTracker tracker(String split) {
    return progress.computeIfAbsent(split, unused -> new ProgressTracker());
  }

  private void take(String split, Progress taken) {
    ProgressTracker tracker = tracker(split);
    tracker.take(taken);
    if (tracker.idle() && paused.remove(split)) {
      reader.pauseOrResumeSplits(List.of(), List.of(split));
    }
  }

  /** Passes everything on. */
  private static class Forward implements SourceOutput<IncomingRecord> {
    private final SourceOutput<IncomingRecord> next;

    Forward(SourceOutput<IncomingRecord> next) {
      this.next = next;
    }

    @Override
    public void collect(IncomingRecord record) {
      next.collect(record);
    }

    @Override
    public void collect(IncomingRecord record, long timestamp) {
      next.collect(record, timestamp);
    }

    @Override
    public void emitWatermark(Watermark watermark) {
      next.emitWatermark(watermark);
    }

    @Override
    public void markIdle() {
      next.markIdle();
    }

    @Override
    public void markActive() {
      next.markActive();
    }
  }

  /** Reads the progress of each split from its records. */
  private final class Output extends Forward implements ReaderOutput<IncomingRecord> {
    private final ReaderOutput<IncomingRecord> target;

    Output(ReaderOutput<IncomingRecord> target) {
      super(target);
      this.target = target;
    }

    @Override
    public SourceOutput<IncomingRecord> createOutputForSplit(String split) {
      return new SplitOutput(split, target.createOutputForSplit(split));
    }

    @Override
    public void releaseOutputForSplit(String split) {
      target.releaseOutputForSplit(split);
    }
  }

  private final class SplitOutput extends Forward {
    private final String split;

    SplitOutput(String split, SourceOutput<IncomingRecord> target) {
      super(target);
      this.split = split;
    }

    @Override
    public void collect(IncomingRecord record) {
      super.collect(record);
      take(record);
    }

    @Override
    public void collect(IncomingRecord record, long timestamp) {
      super.collect(record, timestamp);
      take(record);
    }

    private void take(IncomingRecord record) {
      Progress taken = record.progress();
      if (taken != null) {
        AlignedReader.this.take(split, taken);
      }
    }
  }

  @Override
  public void start() {
    reader.start();
  }

  @Override
  public List<S> snapshotState(long checkpoint) {
    return reader.snapshotState(checkpoint);
  }

  @Override
  public CompletableFuture<Void> isAvailable() {
    return reader.isAvailable();
  }

  @Override
  public void addSplits(List<S> splits) {
    reader.addSplits(splits);
  }

  @Override
  public void notifyNoMoreSplits() {
    reader.notifyNoMoreSplits();
  }

  @Override
  public void handleSourceEvents(SourceEvent event) {
    reader.handleSourceEvents(event);
  }

  @Override
  public void notifyCheckpointComplete(long checkpoint) throws Exception {
    reader.notifyCheckpointComplete(checkpoint);
  }

  @Override
  public void notifyCheckpointAborted(long checkpoint) throws Exception {
    reader.notifyCheckpointAborted(checkpoint);
  }

  @Override
  public void close() throws Exception {
    reader.close();
  }
}
