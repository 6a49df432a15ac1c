package dev.millrace.deploy.deadletter;

import dev.millrace.deploy.deadletter.ReplayStatus.Accepted;
import dev.millrace.deploy.deadletter.ReplayStatus.Open;
import dev.millrace.deploy.deadletter.ReplayStatus.RejectedAgain;
import dev.millrace.deploy.deadletter.ReplayStatus.Sent;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The replay status of dead letters, from the replays and from the dead letters that followed. */
public final class ReplayStatuses {
  private final Map<Position, Replay> replays;
  private final Map<TopicPartition, Long> readByIngest;
  private final Map<Position, Position> rejectedAgain = new HashMap<>();

  /**
   * @param replays by dead letter
   * @param readByIngest offsets of the producers' topics, asked for before the dead letters are
   *     read, so that none is missing of the records before them
   */
  public ReplayStatuses(Map<Position, Replay> replays, Map<TopicPartition, Long> readByIngest) {
    this.replays = Map.copyOf(replays);
    this.readByIngest = Map.copyOf(readByIngest);
  }

  /** Takes a dead letter into account; call it for all before {@link #of}. */
  public void add(DeadLetterEntry entry) {
    Position from = entry.replayOf();
    Replay replay = from == null ? null : replays.get(from);
    // A producer can write the header, too; only the replay's own record counts.
    if (replay != null
        && replay.topic().equals(entry.topic())
        && replay.partition() == entry.partition()
        && replay.offset() == entry.offset()) {
      rejectedAgain.put(replay.of(), entry.position());
    }
  }

  /** The status of a dead letter. */
  public ReplayStatus of(DeadLetterEntry entry) {
    Replay replay = replays.get(entry.position());
    if (replay == null || !replay.isOf(entry)) {
      return new Open();
    }
    @Nullable Position again = rejectedAgain.get(entry.position());
    if (again != null) {
      return new RejectedAgain(replay, again);
    }
    long read =
        readByIngest.getOrDefault(new TopicPartition(replay.topic(), replay.partition()), 0L);
    return read > replay.offset() ? new Accepted(replay) : new Sent(replay);
  }
}
