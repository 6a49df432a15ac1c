package dev.millrace.deploy.e2e.pipeline;

import dev.millrace.deploy.platform.Component;
import dev.millrace.deploy.topic.TopicRanges;
import dev.millrace.schemas.pipeline.Pipeline;
import java.util.Properties;

/**
 * The records of an output of the features job that its newest completed checkpoint does not cover.
 * If Flink is killed while there are any, the job writes them again.
 */
public final class UncoveredRecords {
  private static final String COMPLETED = "numberOfCompletedCheckpoints";

  private final RunningPipeline running;
  private final String topic;
  private final Properties client = new Properties();
  private double checkpoints;
  private long covered;

  /**
   * @param topic that the job writes at least once, outside of transactions
   */
  public UncoveredRecords(RunningPipeline running, String topic) {
    this.running = running;
    this.topic = topic;
    client.put("bootstrap.servers", running.platform().endpoints().bootstrapServers());
  }

  /**
   * Whether a checkpoint has completed, and that many records were written since. To be called
   * again until it is true.
   *
   * @param after the number of the topic's first records, which do not count
   */
  public boolean exist(int atLeast, long after) {
    // The records are read before the number of checkpoints: none has completed since.
    long written = written();
    double completed = completed(running.pipeline());
    if (completed != checkpoints) {
      checkpoints = completed;
      covered = Math.max(after, written());
    }
    return checkpoints > 0 && written - covered >= atLeast;
  }

  private double completed(Pipeline pipeline) {
    return running.metric(Component.FLINK, COMPLETED, pipeline.name());
  }

  private long written() {
    return TopicRanges.committed(client, topic).stream()
        .mapToLong(range -> range.to() - range.from())
        .sum();
  }
}
