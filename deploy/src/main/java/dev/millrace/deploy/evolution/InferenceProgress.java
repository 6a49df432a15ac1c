package dev.millrace.deploy.evolution;

import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.ProcessNames;
import dev.millrace.schemas.service.Cluster;
import dev.millrace.schemas.topics.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Waits until inference has read the events of a moment and the vectors that the serving generation
 * has written for them. An event before a savepoint may have a vector of the old generation only:
 * inference must have it before it reads the vectors of the new one instead.
 */
final class InferenceProgress {
  private static final Duration POLL = Duration.ofMillis(500);

  private final Cluster cluster;
  private final String group;
  private final String vectors;
  private final Map<TopicPartition, Long> until = new HashMap<>();

  /**
   * Takes the ends of the topics now.
   *
   * @param serving the generation whose vectors inference reads; null: none
   */
  InferenceProgress(Cluster cluster, Pipeline pipeline, @Nullable String serving)
      throws InterruptedException {
    this.cluster = cluster;
    this.group = ProcessNames.application(ProcessNames.INFERENCE, pipeline);
    this.vectors = Topics.vectors(pipeline);
    String clean = Topics.clean(pipeline, pipeline.score());
    until.putAll(Offsets.of(cluster, clean, OffsetSpec.latest()));
    if (serving != null) {
      String before = Topics.vectors(pipeline, serving);
      until.putAll(Offsets.of(cluster, before, OffsetSpec.latest()));
    }
    until.values().removeIf(end -> end == 0);
  }

  /**
   * Waits. If an earlier run was interrupted after it had restarted inference, there is nothing to
   * wait for: that run has waited, and inference does not read the old vectors any more.
   *
   * @param stall takes the number of records that are left
   * @throws dev.millrace.deploy.process.PlatformException if inference does not read any more
   */
  void await(InferenceStall stall) throws InterruptedException {
    for (long left = left(); left > 0; left = left()) {
      if (Offsets.readBy(cluster, group).contains(vectors)) {
        return;
      }
      stall.check(left);
      Thread.sleep(POLL.toMillis());
    }
  }

  private long left() throws InterruptedException {
    Map<TopicPartition, Long> committed = Offsets.committed(cluster, group);
    return until.entrySet().stream()
        .mapToLong(end -> Math.max(0, end.getValue() - committed.getOrDefault(end.getKey(), 0L)))
        .sum();
  }
}
