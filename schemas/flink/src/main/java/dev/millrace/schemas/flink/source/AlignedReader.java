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
 * <p>Flink goes on to take such a split for a paused one until its watermark is in line with the
 * others, so it may be read ahead of them by what it gets meanwhile.
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

  /** Reads the progress of each split from its records. */
  private final class Output implements ReaderOutput<IncomingRecord> {
    private final ReaderOutput<IncomingRecord> target;

    Output(ReaderOutput<IncomingRecord> target) {
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

    @Override
    public void collect(IncomingRecord record) {
      target.collect(record);
    }

    @Override
    public void collect(IncomingRecord record, long timestamp) {
      target.collect(record, timestamp);
    }

    @Override
    public void emitWatermark(Watermark watermark) {
      target.emitWatermark(watermark);
    }

    @Override
    public void markIdle() {
      target.markIdle();
    }

    @Override
    public void markActive() {
      target.markActive();
    }
  }

  private final class SplitOutput implements SourceOutput<IncomingRecord> {
    private final String split;
    private final SourceOutput<IncomingRecord> target;

    SplitOutput(String split, SourceOutput<IncomingRecord> target) {
      this.split = split;
      this.target = target;
    }

    @Override
    public void collect(IncomingRecord record) {
      target.collect(record);
      take(record);
    }

    @Override
    public void collect(IncomingRecord record, long timestamp) {
      target.collect(record, timestamp);
      take(record);
    }

    private void take(IncomingRecord record) {
      Progress taken = record.progress();
      if (taken != null) {
        AlignedReader.this.take(split, taken);
      }
    }

    @Override
    public void emitWatermark(Watermark watermark) {
      target.emitWatermark(watermark);
    }

    @Override
    public void markIdle() {
      target.markIdle();
    }

    @Override
    public void markActive() {
      target.markActive();
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
