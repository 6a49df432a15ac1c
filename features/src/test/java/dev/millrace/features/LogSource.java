package dev.millrace.features;

import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.topics.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.jspecify.annotations.Nullable;

/**
 * A topic in memory with a split for each partition, as Flink's Kafka source. The test sets how
 * many records of each partition exist.
 *
 * @param topic whose records it reads
 * @param reader under which the test sees its positions, and may hold it back
 * @param until by partition, the offset at which it ends; empty: never
 */
record LogSource(String topic, String reader, List<Long> until)
    implements Source<IncomingRecord, LogSource.Split, Integer> {
  /** By topic, the records of each partition. */
  static final Map<String, List<List<IncomingRecord>>> LOGS = new ConcurrentHashMap<>();

  /** By reader, how many records of each partition it may read. */
  static final Map<String, List<Integer>> LIMITS = new ConcurrentHashMap<>();

  /** By reader and partition, the next record. */
  static final Map<String, Integer> POSITIONS = new ConcurrentHashMap<>();

  /** A partition and the next record. */
  record Split(int partition, int next) implements SourceSplit {
    @Override
    public String splitId() {
      return String.valueOf(partition);
    }
  }

  @Override
  public Boundedness getBoundedness() {
    return until.isEmpty() ? Boundedness.CONTINUOUS_UNBOUNDED : Boundedness.BOUNDED;
  }

  @Override
  public SourceReader<IncomingRecord, Split> createReader(SourceReaderContext context) {
    return new Reader();
  }

  @Override
  public SplitEnumerator<Split, Integer> createEnumerator(SplitEnumeratorContext<Split> context) {
    return new Enumerator(context, false);
  }

  @Override
  public SplitEnumerator<Split, Integer> restoreEnumerator(
      SplitEnumeratorContext<Split> context, Integer state) {
    return new Enumerator(context, true);
  }

  @Override
  public SimpleVersionedSerializer<Split> getSplitSerializer() {
    return new Ints<>() {
      @Override
      byte[] bytes(Split split) {
        return ByteBuffer.allocate(8).putInt(split.partition()).putInt(split.next()).array();
      }

      @Override
      Split read(ByteBuffer bytes) {
        return new Split(bytes.getInt(), bytes.getInt());
      }
    };
  }

  @Override
  public SimpleVersionedSerializer<Integer> getEnumeratorCheckpointSerializer() {
    return new Ints<>() {
      @Override
      byte[] bytes(Integer value) {
        return ByteBuffer.allocate(4).putInt(value).array();
      }

      @Override
      Integer read(ByteBuffer bytes) {
        return bytes.getInt();
      }
    };
  }

  private abstract static class Ints<T> implements SimpleVersionedSerializer<T> {
    abstract byte[] bytes(T value);

    abstract T read(ByteBuffer bytes);

    @Override
    public int getVersion() {
      return 1;
    }

    @Override
    public byte[] serialize(T value) {
      return bytes(value);
    }

    @Override
    public T deserialize(int version, byte[] serialized) {
      return read(ByteBuffer.wrap(serialized));
    }
  }

  /** Assigns the partitions in turn, once. */
  private final class Enumerator implements SplitEnumerator<Split, Integer> {
    private final SplitEnumeratorContext<Split> context;
    private final boolean restored;

    Enumerator(SplitEnumeratorContext<Split> context, boolean restored) {
      this.context = context;
      this.restored = restored;
    }

    @Override
    public void start() {}

    @Override
    public void handleSplitRequest(int subtask, @Nullable String host) {}

    @Override
    public void addSplitsBack(List<Split> splits, int subtask) {
      throw new AssertionError("no task fails");
    }

    @Override
    public void addReader(int subtask) {
      int partitions = LOGS.getOrDefault(topic, List.of()).size();
      for (int p = subtask; !restored && p < partitions; p += context.currentParallelism()) {
        context.assignSplit(new Split(p, 0), subtask);
      }
      context.signalNoMoreSplits(subtask);
    }

    @Override
    public Integer snapshotState(long checkpoint) {
      return 1;
    }

    @Override
    public void close() {}
  }

  private final class Reader implements SourceReader<IncomingRecord, Split> {
    private final List<Split> splits = new ArrayList<>();
    private final Queue<IncomingRecord> repeated = new ArrayDeque<>();
    private boolean all;
    private int turn;

    @Override
    public void start() {}

    @Override
    public InputStatus pollNext(ReaderOutput<IncomingRecord> output) {
      IncomingRecord again = repeated.poll();
      if (again != null) {
        emit(again, output);
        return InputStatus.MORE_AVAILABLE;
      }
      for (int tried = 0; tried < splits.size(); tried++) {
        int at = turn++ % splits.size();
        Split split = splits.get(at);
        if (split.next() < limit(split.partition())) {
          emit(log(split.partition()).get(split.next()), output);
          splits.set(at, new Split(split.partition(), split.next() + 1));
          POSITIONS.put(reader + "-" + split.partition(), split.next() + 1);
          return InputStatus.MORE_AVAILABLE;
        }
      }
      boolean ended = all && !until.isEmpty() && splits.stream().allMatch(this::hasEnded);
      return ended ? InputStatus.END_OF_INPUT : InputStatus.NOTHING_AVAILABLE;
    }

    private void emit(IncomingRecord record, ReaderOutput<IncomingRecord> output) {
      output
          .createOutputForSplit(String.valueOf(record.partition()))
          .collect(record, record.eventTimeMillis());
    }

    private int limit(int partition) {
      int held = LIMITS.getOrDefault(reader, List.of(0, 0, 0)).get(partition);
      return until.isEmpty() ? held : (int) Math.min(held, until.get(partition));
    }

    private boolean hasEnded(Split split) {
      return split.next() >= until.get(split.partition());
    }

    @Override
    public List<Split> snapshotState(long checkpoint) {
      return List.copyOf(splits);
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
      return CompletableFuture.runAsync(
          () -> {}, CompletableFuture.delayedExecutor(5, TimeUnit.MILLISECONDS));
    }

    /** Ingest repeats its progress, so after a restart it comes again. */
    @Override
    public void addSplits(List<Split> added) {
      splits.addAll(added);
      for (Split split : added) {
        Map<Integer, IncomingRecord> newest = new TreeMap<>();
        for (IncomingRecord record : log(split.partition()).subList(0, split.next())) {
          Progress progress = record.progress();
          if (progress != null) {
            newest.put(progress.arrival(), record);
          }
        }
        repeated.addAll(newest.values());
      }
    }

    private List<IncomingRecord> log(int partition) {
      return LOGS.getOrDefault(topic, List.of()).get(partition);
    }

    @Override
    public void notifyNoMoreSplits() {
      all = true;
    }

    @Override
    public void close() throws IOException {}
  }
}
