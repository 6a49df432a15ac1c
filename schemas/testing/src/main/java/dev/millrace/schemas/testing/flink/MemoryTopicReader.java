package dev.millrace.schemas.testing.flink;

import dev.millrace.schemas.testing.flink.MemoryTopic.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.core.io.InputStatus;
import org.jspecify.annotations.Nullable;

/** Reads some partitions of a {@link MemoryTopic}, in random order and each in its own. */
final class MemoryTopicReader<T> implements SourceReader<T, Position> {
  /** Records of a partition that are read in a row, so that the others fall behind. */
  private static final int LONGEST_RUN = 12;

  private final Function<Position, List<T>> records;
  private final int[] limits;
  private final CompletableFuture<@Nullable Void> unlimited;
  private final Progress progress;
  private final Random random;
  private final List<Partition> partitions = new ArrayList<>();
  private CompletableFuture<@Nullable Void> available = new CompletableFuture<>();
  private @Nullable Partition current;
  private int run;

  /** Receives how many records of a partition have been read. */
  interface Progress {
    void read(int partition, int records);
  }

  private final class Partition {
    final int number;
    final List<T> content;
    int next;
    private @Nullable SourceOutput<T> output;

    Partition(Position position) {
      this.number = position.partition();
      this.next = position.next();
      this.content = records.apply(position);
    }

    boolean hasNext() {
      return next < (unlimited.isDone() ? content.size() : limits[number]);
    }

    void read(ReaderOutput<T> all) {
      SourceOutput<T> mine = output;
      if (mine == null) {
        mine = all.createOutputForSplit(Integer.toString(number));
        output = mine;
      }
      mine.collect(content.get(next++));
      progress.read(number, next);
    }
  }

  MemoryTopicReader(
      Function<Position, List<T>> records,
      int[] limits,
      CompletableFuture<@Nullable Void> unlimited,
      Progress progress,
      long seed) {
    this.records = records;
    this.limits = limits;
    this.unlimited = unlimited;
    this.progress = progress;
    this.random = new Random(seed);
  }

  @Override
  public void start() {}

  @Override
  public InputStatus pollNext(ReaderOutput<T> output) {
    Partition partition = current;
    if (partition == null || run == 0 || !partition.hasNext()) {
      List<Partition> unread = partitions.stream().filter(Partition::hasNext).toList();
      if (unread.isEmpty()) {
        boolean ended = unlimited.isDone();
        available = new CompletableFuture<>();
        if (!ended) {
          CompletableFuture<Void> next = available;
          var unused = unlimited.thenRun(() -> next.complete(null));
        }
        return InputStatus.NOTHING_AVAILABLE;
      }
      partition = unread.get(random.nextInt(unread.size()));
      current = partition;
      run = 1 + random.nextInt(LONGEST_RUN);
    }
    run--;
    partition.read(output);
    return InputStatus.MORE_AVAILABLE;
  }

  @Override
  public List<Position> snapshotState(long checkpointId) {
    return partitions.stream().map(each -> new Position(each.number, each.next)).toList();
  }

  @Override
  public CompletableFuture<Void> isAvailable() {
    return available;
  }

  @Override
  public void addSplits(List<Position> splits) {
    splits.forEach(position -> partitions.add(new Partition(position)));
    available.complete(null);
  }

  @Override
  public void notifyNoMoreSplits() {}

  @Override
  public void close() {}
}
