package dev.millrace.schemas.testing.flink;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.jspecify.annotations.Nullable;

/**
 * A topic with partitions in the memory of the test's process, as a source with a position and a
 * watermark for each partition. Each partition is read up to a limit; then the job waits, so that a
 * test can take a savepoint there and let the next job read on with another parallelism, or fail a
 * task manager and let the same job read on.
 *
 * @param <T> the records; they need not be serializable
 */
public final class MemoryTopic<T>
    implements Source<T, MemoryTopic.Position, Integer>, ResultTypeQueryable<T> {
  private static final long serialVersionUID = 1L;

  /** By name. Static, since a task has a copy of its source. */
  private static final Map<String, Content> TOPICS = new ConcurrentHashMap<>();

  private final String name;
  private final TypeInformation<T> type;
  private final int[] limits;
  private final long seed;

  /**
   * The content of a topic.
   *
   * @param partitions the records by partition
   * @param read how many of each partition the newest job has read
   * @param unlimited completed when the limits no longer apply
   */
  private record Content(
      List<? extends List<?>> partitions,
      AtomicIntegerArray read,
      CompletableFuture<@Nullable Void> unlimited) {}

  /**
   * A partition and the index of its next record.
   *
   * @param next of the partition's records
   */
  public record Position(int partition, int next) implements SourceSplit {
    @Override
    public String splitId() {
      return Integer.toString(partition);
    }
  }

  private MemoryTopic(String name, TypeInformation<T> type, int[] limits, long seed) {
    this.name = name;
    this.type = type;
    this.limits = limits;
    this.seed = seed;
  }

  /**
   * Registers a topic, instead of an earlier one of that name.
   *
   * @param seed of the order in which a reader takes the records of its partitions
   */
  public static <T> MemoryTopic<T> of(
      String name, List<? extends List<T>> partitions, TypeInformation<T> type, long seed) {
    TOPICS.put(
        name,
        new Content(
            partitions, new AtomicIntegerArray(partitions.size()), new CompletableFuture<>()));
    int[] sizes = partitions.stream().mapToInt(List::size).toArray();
    return new MemoryTopic<>(name, type, sizes, seed);
  }

  /** The topic up to the given number of records of each partition. */
  public MemoryTopic<T> upTo(int... records) {
    return new MemoryTopic<>(name, type, records.clone(), seed);
  }

  /** Removes the limits: the rest of the topic is read. */
  public void readOn() {
    content().unlimited.complete(null);
  }

  /** Whether all partitions have been read up to their limits. */
  public boolean isRead() {
    for (int partition = 0; partition < limits.length; partition++) {
      if (content().read.get(partition) < limits[partition]) {
        return false;
      }
    }
    return true;
  }

  private Content content() {
    Content content = TOPICS.get(name);
    if (content == null) {
      throw new IllegalStateException("topic " + name + " was not registered in this process");
    }
    return content;
  }

  @Override
  public TypeInformation<T> getProducedType() {
    return type;
  }

  @Override
  public Boundedness getBoundedness() {
    return Boundedness.CONTINUOUS_UNBOUNDED;
  }

  @Override
  public SourceReader<T, Position> createReader(SourceReaderContext context) {
    Content content = content();
    return new MemoryTopicReader<>(
        position -> this.<T>records(content, position.partition()),
        limits,
        content.unlimited,
        content.read::set,
        seed + context.getIndexOfSubtask());
  }

  @SuppressWarnings("unchecked")
  private <R> List<R> records(Content content, int partition) {
    return (List<R>) content.partitions.get(partition);
  }

  @Override
  public SplitEnumerator<Position, Integer> createEnumerator(
      SplitEnumeratorContext<Position> context) {
    return new Enumerator(context, limits.length);
  }

  /** The positions are in the state of the readers, so that nothing is left to assign. */
  @Override
  public SplitEnumerator<Position, Integer> restoreEnumerator(
      SplitEnumeratorContext<Position> context, Integer assigned) {
    return new Enumerator(context, 0);
  }

  /** Assigns each partition to one reader, and again where the reader failed before it kept it. */
  private static final class Enumerator implements SplitEnumerator<Position, Integer> {
    private final SplitEnumeratorContext<Position> context;
    private final List<Position> unassigned = new ArrayList<>();

    Enumerator(SplitEnumeratorContext<Position> context, int partitions) {
      this.context = context;
      for (int partition = 0; partition < partitions; partition++) {
        unassigned.add(new Position(partition, 0));
      }
    }

    @Override
    public void start() {}

    @Override
    public void addReader(int subtask) {
      List<Position> own =
          unassigned.stream()
              .filter(each -> each.partition() % context.currentParallelism() == subtask)
              .toList();
      own.forEach(position -> context.assignSplit(position, subtask));
      unassigned.removeAll(own);
    }

    @Override
    public void handleSplitRequest(int subtask, @Nullable String host) {}

    @Override
    public void addSplitsBack(List<Position> splits, int subtask) {
      unassigned.addAll(splits);
    }

    /** None: a checkpoint is taken after all were assigned. */
    @Override
    public Integer snapshotState(long checkpointId) {
      return unassigned.size();
    }

    @Override
    public void close() {}
  }

  @Override
  public SimpleVersionedSerializer<Position> getSplitSerializer() {
    return new Numbers<>() {
      @Override
      public byte[] serialize(Position position) {
        return ByteBuffer.allocate(8).putInt(position.partition).putInt(position.next).array();
      }

      @Override
      public Position deserialize(int version, byte[] bytes) {
        ByteBuffer numbers = ByteBuffer.wrap(bytes);
        return new Position(numbers.getInt(), numbers.getInt());
      }
    };
  }

  @Override
  public SimpleVersionedSerializer<Integer> getEnumeratorCheckpointSerializer() {
    return new Numbers<>() {
      @Override
      public byte[] serialize(Integer assigned) {
        return ByteBuffer.allocate(4).putInt(assigned).array();
      }

      @Override
      public Integer deserialize(int version, byte[] bytes) {
        return ByteBuffer.wrap(bytes).getInt();
      }
    };
  }

  /** A serializer with one version. */
  private abstract static class Numbers<N> implements SimpleVersionedSerializer<N> {
    @Override
    public int getVersion() {
      return 1;
    }

    @Override
    public abstract N deserialize(int version, byte[] bytes) throws IOException;
  }
}
