package dev.millrace.schemas.flink.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.topics.Progress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.InputStatus;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AlignedReaderTest {
  private static final String SPLIT = "events-0";
  private static final String OTHER = "events-1";

  private final List<String> calls = new ArrayList<>();
  private final List<IncomingRecord> collected = new ArrayList<>();
  private final FakeReader read = new FakeReader();
  private final AlignedReader<SourceSplit> reader = new AlignedReader<>(read);
  private final FakeOutput output = new FakeOutput();

  @Test
  void anActiveSplitIsPausedAndResumed() throws Exception {
    emit(false);
    pause();
    resume();
    assertThat(calls).containsExactly("pause [events-0] resume []", "pause [] resume [events-0]");
    assertThat(collected).hasSize(1);
  }

  @Test
  void anIdleSplitIsNotPaused() throws Exception {
    emit(true);
    reader.pauseOrResumeSplits(List.of(SPLIT, OTHER), List.of());
    assertThat(calls).containsExactly("pause [events-1] resume []");
  }

  /** Records that were fetched before a pause are still read. */
  @Test
  void aPausedSplitThatBecomesIdleIsResumedOnce() throws Exception {
    emit(false);
    pause();
    emit(true);
    emit(true);
    assertThat(calls).containsExactly("pause [events-0] resume []", "pause [] resume [events-0]");
    emit(false);
    pause();
    assertThat(calls).last().isEqualTo("pause [events-0] resume []");
  }

  private void emit(boolean idle) throws Exception {
    read.next = IncomingRecord.of(new Progress(0, 1, 1_000, idle, 0), 0, collected.size());
    reader.pollNext(output);
  }

  private void pause() {
    reader.pauseOrResumeSplits(List.of(SPLIT), List.of());
  }

  private void resume() {
    reader.pauseOrResumeSplits(List.of(), List.of(SPLIT));
  }

  /** Keeps the output of its split, as Flink's readers do. */
  private final class FakeReader implements SourceReader<IncomingRecord, SourceSplit> {
    private @Nullable IncomingRecord next;
    private @Nullable SourceOutput<IncomingRecord> split;

    @Override
    public InputStatus pollNext(ReaderOutput<IncomingRecord> all) {
      if (split == null) {
        split = all.createOutputForSplit(SPLIT);
      }
      if (next != null) {
        split.collect(next, 0);
      }
      return InputStatus.NOTHING_AVAILABLE;
    }

    @Override
    public void pauseOrResumeSplits(Collection<String> pause, Collection<String> resume) {
      calls.add("pause " + pause + " resume " + resume);
    }

    @Override
    public void start() {}

    @Override
    public List<SourceSplit> snapshotState(long checkpoint) {
      return List.of();
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void addSplits(List<SourceSplit> splits) {}

    @Override
    public void notifyNoMoreSplits() {}

    @Override
    public void close() {}
  }

  private final class FakeOutput implements ReaderOutput<IncomingRecord> {
    @Override
    public void collect(IncomingRecord record) {
      collected.add(record);
    }

    @Override
    public void collect(IncomingRecord record, long timestamp) {
      collected.add(record);
    }

    @Override
    public SourceOutput<IncomingRecord> createOutputForSplit(String split) {
      return this;
    }

    @Override
    public void releaseOutputForSplit(String split) {}

    @Override
    public void emitWatermark(Watermark watermark) {}

    @Override
    public void markIdle() {}

    @Override
    public void markActive() {}
  }
}
