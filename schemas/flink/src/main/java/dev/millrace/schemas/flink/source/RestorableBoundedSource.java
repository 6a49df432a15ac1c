package dev.millrace.schemas.flink.source;

import java.io.IOException;
import java.util.List;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.jspecify.annotations.Nullable;

/**
 * A bounded Kafka source that also ends after it was restored. Flink's own tells its readers that
 * no more splits will come only when it discovers partitions. After a restart it discovers none,
 * since all are assigned, and its readers wait for ever
 * (KafkaSourceEnumerator.checkPartitionChanges of version 5.0.0 returns before it sets
 * noMoreNewPartitionSplits).
 */
final class RestorableBoundedSource<T> extends DelegatingSource<T> {
  private static final long serialVersionUID = 1L;

  RestorableBoundedSource(KafkaSource<T> source) {
    super(source);
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restoreEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context, KafkaSourceEnumState state)
      throws IOException {
    SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restored =
        super.restoreEnumerator(context, state);
    return state.initialDiscoveryFinished() ? new Discovered(context, restored) : restored;
  }

  /** An enumerator that has discovered all partitions before it was restored. */
  private record Discovered(
      SplitEnumeratorContext<KafkaPartitionSplit> context,
      SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restored)
      implements SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> {
    @Override
    public void start() {
      restored.start();
    }

    @Override
    public void handleSplitRequest(int subtask, @Nullable String host) {
      restored.handleSplitRequest(subtask, host);
    }

    @Override
    public void addSplitsBack(List<KafkaPartitionSplit> splits, int subtask) {
      restored.addSplitsBack(splits, subtask);
    }

    /** The reader gets what was not assigned yet, and learns that it is all. */
    @Override
    public void addReader(int subtask) {
      restored.addReader(subtask);
      context.signalNoMoreSplits(subtask);
    }

    @Override
    public KafkaSourceEnumState snapshotState(long checkpoint) throws Exception {
      return restored.snapshotState(checkpoint);
    }

    @Override
    public void notifyCheckpointComplete(long checkpoint) throws Exception {
      restored.notifyCheckpointComplete(checkpoint);
    }

    @Override
    public void handleSourceEvent(int subtask, SourceEvent event) {
      restored.handleSourceEvent(subtask, event);
    }

    @Override
    public void close() throws IOException {
      restored.close();
    }
  }
}
